/** What the page hands to the element, as JSON in `<script data-part="data">`. */
import type { Permission, ProcessLimits, RuntimeKind } from '../../runtime/contract.ts';
import type { Recording } from '../../runtime/transcript.ts';

export interface SnippetRun {
  id: string;
  argv: readonly [string, ...string[]];
  role: 'baseline' | 'demo';
}

/** A number that the reader may change: a flag of Node, or a limit of the operating system. */
export interface SnippetControl {
  /** The flag ("--max-old-space-size") or the limit ("nofile"). */
  name: string;
  kind: 'flag' | 'limit';
  min: number;
  max: number;
  default: number;
}

export interface SnippetData {
  id: string;
  program: string;
  runs: readonly SnippetRun[];
  controls: readonly SnippetControl[];
  limits?: ProcessLimits | undefined;
  permissions: readonly Permission[];
  backends: readonly RuntimeKind[];
  /** What the Run button means before anything is known. */
  firstChoice: RuntimeKind;
  verdict?: 'heap-limit' | undefined;
  timeoutMs: number;
  maxOutputBytes: number;
  /** Environment to recording, newest Node first. */
  recordings: Readonly<Record<string, Recording>>;
}

/** The element's part of that name. Throws where the page lacks it: the element and Snippet.astro belong together. */
export function part<E extends HTMLElement = HTMLElement>(host: Element, name: string): E {
  const found = host.querySelector<E>(`[data-part="${name}"]`);
  if (!found) throw new Error(`<run-snippet> has no part "${name}"`);
  return found;
}

/** The data of an element. */
export function readData(host: Element): SnippetData {
  return JSON.parse(part(host, 'data').textContent ?? '') as SnippetData;
}
