/**
 * What a program may ask for. Everything a page sends is checked here, once, before anything is written or started: what is not named is
 * refused. The sentences of a refusal are for developers; the page shows that of `runtime.failed.refused`.
 */
import type { Permission, RunSpec } from '../src/runtime/contract.ts';

export const bounds = {
  files: 16,
  fileBytes: 128 * 1024,
  words: 32,
  wordChars: 4096,
  variables: 16,
  timeoutMs: 60_000,
  outputBytes: 1024 * 1024,
  nofile: { min: 24, max: 65_536 },
} as const;

/** The spec asks for something that is not allowed; the message says what. */
export class RefusedSpec extends Error {
  override readonly name = 'RefusedSpec';
}

function refuse(message: string): never {
  throw new RefusedSpec(message);
}

const range = (min: number, max: number) => (value: string) =>
  /^\d{1,6}$/.test(value) && Number(value) >= min && Number(value) <= max;
const oneOf =
  (...values: string[]) =>
  (value: string) =>
    values.includes(value);
const noValue = null;

/**
 * The flags of Node that a program may be started with. To add one, ask: can it load code, open a port, read or write outside the run
 * folder, or lift the permission model? Then it does not belong here.
 */
const flags: Record<string, ((value: string) => boolean) | null> = {
  '--max-old-space-size': range(4, 512),
  '--max-semi-space-size': range(1, 64),
  '--stack-trace-limit': range(0, 200),
  '--unhandled-rejections': oneOf('strict', 'warn', 'none', 'throw', 'warn-with-error-codes'),
  '--abort-on-uncaught-exception': noValue,
  '--expose-gc': noValue,
  '--trace-gc': noValue,
  '--trace-uncaught': noValue,
  '--trace-warnings': noValue,
  '--no-warnings': noValue,
};

function checkFlag(word: string): void {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  if (!Object.hasOwn(flags, name)) refuse(`the flag ${name} is not allowed`);
  const accepts = flags[name] ?? null;
  if (accepts === null ? equals >= 0 : equals < 0 || !accepts(word.slice(equals + 1)))
    refuse(`the flag ${word} has a value that is not allowed`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
// Windows opens a device under these names, with any extension.
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function checkedFiles(value: unknown): Record<string, string> {
  if (!isRecord(value)) refuse('files is not an object');
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > bounds.files) refuse(`there are ${entries.length} files`);
  const files: Record<string, string> = {};
  for (const [name, text] of entries) {
    if (!fileName.test(name) || deviceName.test(name) || name.endsWith('.'))
      refuse(`${JSON.stringify(name)} is not a plain file name`);
    if (typeof text !== 'string') refuse(`${name} is not a text`);
    if (Buffer.byteLength(text) > bounds.fileBytes) refuse(`${name} is larger than ${bounds.fileBytes} bytes`);
    files[name] = text;
  }
  return files;
}

function checkedArgv(value: unknown, files: Record<string, string>): [string, ...string[]] {
  if (!Array.isArray(value) || value.length < 2 || value.length > bounds.words) refuse('argv is not a list of words');
  const words = value.map((word) => {
    if (typeof word !== 'string' || word.length > bounds.wordChars || word.includes('\0'))
      refuse('argv has a bad word');
    return word;
  });
  if (words[0] !== 'node') refuse('the command is not "node"');
  const main = words.findIndex((word, at) => at > 0 && !word.startsWith('-'));
  const program = words[main];
  if (program === undefined || !Object.hasOwn(files, program) || !/\.[cm]?js$/.test(program))
    refuse('the command names none of the programs in files');
  for (const word of words.slice(1, main)) checkFlag(word);
  // Node reads no flag after the program: the rest is the program's own.
  return ['node', ...words.slice(1)];
}

// Plain variables only. Those of the loader, of libc, of OpenSSL and of Node itself can load code or lift the permission model.
const reserved =
  /^(NODE_|NPM_|LD_|DYLD_|GLIBC_|GCONV_|MALLOC_|OPENSSL_|SSL_|ICU_|UV_|LC_|PATH$|HOME$|TMPDIR$|TMP$|TEMP$|LOCPATH$|NLSPATH$|SYSTEMROOT$|COMSPEC$|PATHEXT$|SHELL$|ENV$|BASH_ENV$|IFS$|NO_COLOR$|FORCE_COLOR$|V8_)/i;
const allowedAnyway = new Set(['NODE_ENV', 'UV_THREADPOOL_SIZE', 'NODE_OPTIONS']);

function checkedEnvironment(value: unknown): Record<string, string> {
  if (!isRecord(value)) refuse('env is not an object');
  const entries = Object.entries(value);
  if (entries.length > bounds.variables) refuse(`there are ${entries.length} variables`);
  const environment: Record<string, string> = {};
  for (const [name, text] of entries) {
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(name) || (reserved.test(name) && !allowedAnyway.has(name)))
      refuse(`the variable ${JSON.stringify(name)} is not allowed`);
    if (typeof text !== 'string' || text.length > bounds.wordChars || text.includes('\0'))
      refuse(`${name} is not a text`);
    // Node splits at spaces and honours quotes; a value with quotes or backslashes cannot pass the list of flags.
    if (name === 'NODE_OPTIONS') for (const word of text.split(' ').filter(Boolean)) checkFlag(word);
    environment[name] = text;
  }
  return environment;
}

function wholeNumber(value: unknown, name: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    refuse(`${name} is not a whole number from ${min} to ${max}`);
  return value;
}

const permissionNames: readonly string[] = ['network', 'child-process', 'worker'] satisfies Permission[];
const isPermission = (value: unknown): value is Permission =>
  typeof value === 'string' && permissionNames.includes(value);

const known = new Set(['id', 'files', 'argv', 'env', 'limits', 'permissions', 'timeoutMs', 'maxOutputBytes']);

/** A spec that holds nothing but what is allowed. Throws `RefusedSpec`. */
export function checkedSpec(value: unknown): RunSpec {
  if (!isRecord(value)) refuse('the spec is not an object');
  const odd = Object.keys(value).find((key) => !known.has(key));
  if (odd !== undefined) refuse(`${JSON.stringify(odd)} is not part of a spec`);
  const { id, env, limits, permissions } = value;
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,64}$/.test(id)) refuse('the id is not a snippet id');
  const files = checkedFiles(value.files);
  if (limits !== undefined && (!isRecord(limits) || Object.keys(limits).some((key) => key !== 'nofile')))
    refuse('limits holds something else than nofile');
  if (permissions !== undefined && (!Array.isArray(permissions) || !permissions.every(isPermission)))
    refuse('permissions holds an unknown permission');
  const nofile = limits?.nofile;
  return {
    id,
    files,
    argv: checkedArgv(value.argv, files),
    timeoutMs: wholeNumber(value.timeoutMs, 'timeoutMs', 100, bounds.timeoutMs),
    maxOutputBytes: wholeNumber(value.maxOutputBytes, 'maxOutputBytes', 1, bounds.outputBytes),
    ...(env === undefined ? {} : { env: checkedEnvironment(env) }),
    ...(nofile === undefined
      ? {}
      : { limits: { nofile: wholeNumber(nofile, 'nofile', bounds.nofile.min, bounds.nofile.max) } }),
    ...(permissions === undefined ? {} : { permissions }),
  };
}
