/** What an error of the vendor's side means. Its messages are all there is to go by; none of them is documented. */
import type { FailureCause } from '../contract.ts';

/** In this order: the first pattern that fits decides. */
const causes: readonly [RegExp, FailureCause][] = [
  // "DataCloneError: Failed to execute 'postMessage': SharedArrayBuffer transfer requires self.crossOriginIsolated."
  [/DataCloneError|crossOriginIsolated|SharedArrayBuffer/i, 'not-isolated'],
  // "RangeError: WebAssembly.instantiate(): Out of memory", "Memory limit reached", "could not allocate memory"
  [/out[ -]of[ -]memory|could not allocate memory|memory limit/i, 'out-of-memory'],
  [/content security policy/i, 'content-policy'],
  // Firefox and Chrome with third-party cookies blocked: no service worker, no storage in the vendor's frame.
  [/service ?worker|third-party|cookie|storage|indexeddb|SecurityError/i, 'third-party-storage'],
];

/** The cause that an error's name or message points to, `unknown` where it points to none. */
export function causeOf(error: unknown): FailureCause {
  const text = messageOf(error);
  return causes.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown';
}

/** Name and message of whatever was thrown; errors of another frame are no `instanceof Error` here. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message } = error as { name?: unknown; message?: unknown };
  if (typeof message !== 'string') return String(error);
  return typeof name === 'string' && name !== 'Error' ? `${name}: ${message}` : message;
}

/**
 * The WebAssembly that runs Node could not get memory: the process dies of it with an ordinary exit code. Not to be taken for a
 * program that exhausts the heap of V8, which is an honest result ("JavaScript heap out of memory").
 */
export function diedOfBrowserMemory(output: string, code: number): boolean {
  return code !== 0 && /^RangeError: WebAssembly\.\w+\(\): (?:Out of memory|could not allocate memory)/im.test(output);
}
