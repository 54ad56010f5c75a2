import { describe, expect, it } from 'vitest';
import { heapDemoOutcome, judgeHeapFlag } from '../../../src/runtime/heap-verdict.ts';

describe('judgeHeapFlag', () => {
  it.each([
    // asked, limit, baseline: the four Node versions on 24 GiB, as recorded
    [64, 112, 4144, 'honoured'],
    [64, 256, 4288, 'honoured'],
    [64, 160, 4192, 'honoured'],
    [64, 64, null, 'honoured'],
    [64, 4144, 4144, 'ignored'],
    [64, null, 4144, 'unknown'],
    [64, 0, 4144, 'unknown'],
    // Neither the baseline nor what the flag would give: no evidence, so the page must not say that the flag was not applied.
    [64, 1000, 4144, 'unknown'],
    [64, 32, 4144, 'unknown'],
  ] as const)('asked for %s, limit %s, without the flag %s: %s', (asked, limit, baseline, verdict) => {
    expect(judgeHeapFlag(asked, limit, baseline)).toBe(verdict);
  });
});

describe('heapDemoOutcome', () => {
  it.each([
    ['… JavaScript heap out of memory', 134, 'honoured', 'limit-reached'],
    ['survived=yes', 0, 'ignored', 'flag-not-applied'],
    ['survived=yes', 0, 'honoured', 'own-bound'],
    ['survived=yes', 0, 'unknown', 'own-bound'],
    ['Killed', 137, 'honoured', 'unclear'],
    ['JavaScript heap out of memory, says the program', 0, 'honoured', 'own-bound'],
  ] as const)('"%s", exit %s, flag %s: %s', (output, code, verdict, outcome) => {
    expect(heapDemoOutcome(output, code, verdict)).toBe(outcome);
  });
});
