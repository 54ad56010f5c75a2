import type { ProcessLimits } from './contract.ts';

/**
 * The command of a run as the page shows it and as a recording keeps it: what a reader can type on Linux to get the same.
 *
 * @param argv starts with "node"
 * @param limits set before Node starts; `prlimit` of util-linux sets soft and hard at once, without a shell
 */
export function commandText(argv: readonly string[], limits: ProcessLimits = {}): string {
  const words = limits.nofile === undefined ? argv : ['prlimit', `--nofile=${limits.nofile}`, ...argv];
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** `argv` with the value of a flag replaced ("--max-old-space-size", 128), or with the flag left out where `value` is null. */
export function withFlag(
  argv: readonly [string, ...string[]],
  flag: string,
  value: number | null,
): [string, ...string[]] {
  const [program, ...rest] = argv;
  const others = rest.filter((word) => word !== flag && !word.startsWith(`${flag}=`));
  return value === null ? [program, ...others] : [program, `${flag}=${value}`, ...others];
}
