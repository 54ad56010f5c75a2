/**
 * How long the checker takes for 1 MiB of text, of the kinds that are hard for it.
 *
 *   node tools/with-node.mjs node bench/checker.ts
 *
 * A table in Markdown: the median of some runs, and its ratio to splitting the same text into lines, which depends less on the machine.
 */
import { readFileSync } from 'node:fs';
import { judge, lintLimitsConf } from '../src/checker/index.ts';
import { longestPaste } from '../src/checker/judge.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const fixtures = '../tests/unit/checker/fixtures';
const output = read(`${fixtures}/emfile-user.txt`);
const words = { ko: '.', en: '.' };
const lab = {
  id: 'emfile',
  expected: read(`${fixtures}/emfile.expected.txt`),
  mismatches: Array.from({ length: 20 }, (_, at) => ({
    id: `cause-${at}`,
    when: { lines: [`[..]a[..]b${at}[..]c`] },
    cause: words,
    remedy: words,
  })),
};
const evil = {
  ...lab,
  expected: `== lab emfile v1\n...\n${'[..][..][..]x\n...\n[..]a[..]a[..]a[[n:int]]\n...\n[[a]][[b]][[c]]!\n...\n'.repeat(10)}== end emfile fail=0`,
};

const mebibyte = (unit: string) => unit.repeat(Math.ceil(longestPaste / unit.length)).slice(0, longestPaste);
const inRun = (text: string) => `== lab emfile v1\n${text}`.slice(0, longestPaste);
const limits = mebibyte('* soft nofile 4096\n');
const kinds: [string, string, () => unknown][] = [
  ['a real output', output, () => judge(output, lab)],
  ...(
    [
      ['scroll-back, then the output', `${mebibyte('reader@host:~$ make all 2>&1\n')}`.slice(output.length) + output],
      ['the output again and again', mebibyte(output)],
      ['lines of two characters', mebibyte('a\n')],
      ['lines of 4000 characters', mebibyte(`${'a'.repeat(4000)}\n`)],
      ['one line', mebibyte('a')],
      ['a run of lines of 200', inRun(mebibyte(`${'a'.repeat(200)}\n`))],
      ['a run of digits', inRun(mebibyte(`${'1'.repeat(200)}\n`))],
      ['colours on every character', mebibyte('\u001b[1;32ma\u001b[0m')],
      ['escape sequences without an end', mebibyte('\u001b]0;title\u001b[')],
      ['carriage returns', mebibyte('\r')],
      ['backspaces', mebibyte('ab\b')],
      ['checks', mebibyte('ok 1 - a # SKIP b\n')],
      ['facts', mebibyte('a=b\n')],
    ] as const
  ).map(([name, text]): [string, string, () => unknown] => [name, text, () => judge(text, evil)]),
  ['limits.conf', limits, () => lintLimitsConf(limits)],
];

function median(run: () => unknown, times: number): number {
  const took: number[] = [];
  for (let at = 0; at < times; at++) {
    const start = performance.now();
    run();
    took.push(performance.now() - start);
  }
  return took.sort((one, other) => one - other)[Math.floor(times / 2)] ?? 0;
}

console.log('| text | bytes | median ms | times a split |\n|---|---:|---:|---:|');
let worst = 0;
for (const [name, text, run] of kinds) {
  const times = text.length > 100_000 ? 7 : 50;
  run();
  const took = median(run, times);
  worst = Math.max(worst, took);
  const split = median(() => text.split('\n').map((line) => line.trimEnd()), times);
  console.log(`| ${name} | ${text.length} | ${took.toFixed(2)} | ${(took / split).toFixed(1)} |`);
}
console.log(`\nWorst: ${worst.toFixed(0)} ms; the aim is less than 100 ms for 1 MiB.`);
