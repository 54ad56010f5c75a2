import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintLimitsConf } from '../../../src/checker/index.ts';
import { linesOf, tally } from '../../../src/components/lab/limits-conf.ts';

const sample = readFileSync('src/components/lab/lecture-limits.conf', 'utf8');
const solved = (text: string) => tally(lintLimitsConf(text)).solved;

describe('the limits.conf exercise', () => {
  it('starts unsolved, with each kind of trap', () => {
    const start = tally(lintLimitsConf(sample));
    expect(start.solved).toBe(false);
    for (const level of ['rule', 'warning', 'ignored', 'error'] as const) expect(start[level]).toBeGreaterThan(0);
  });

  it('is solved by rules that all do something', () => {
    expect(solved('# photo server\nphoto soft nofile 1200\nphoto hard nofile 4096\n')).toBe(true);
  });

  it.each([
    ['deleting everything', ''],
    ['commenting everything out', '# photo soft nofile 1200\n'],
    ['a rule for something else', 'photo soft core 0\n'],
    ['a line that is skipped', 'photo soft nofile 1200\nphoto hard nofile\n'],
    ['a line without effect', 'photo soft nofile 1200\nphoto hard rss 10000\n'],
    ['a rule that a later one replaces', 'photo soft nofile 1200\nphoto soft nofile 1300\n'],
  ])('is not solved by %s', (_, text) => {
    expect(solved(text)).toBe(false);
  });

  it('has no row for a blank line, and keeps the numbers of the file', () => {
    const lines = linesOf(lintLimitsConf('a soft nofile 10\n\n* hard nofile 20\n'));
    expect(lines.map(({ line }) => line)).toEqual([1, 3]);
    // The wildcard is a rule with a surprise: two findings of one line.
    expect(lines[1]?.findings.length).toBeGreaterThan(1);
  });
});

describe('a comment as in C', () => {
  it('does not start with a line that was written as a rule', () => {
    const surprised = lintLimitsConf(sample).filter(({ code }) => code === 'live-in-comment');
    expect(surprised.map(({ text }) => text.trim())).toEqual(['* soft nofile 100']);
  });
});
