import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { heapRun } from '../../src/site/heap-run.ts';

test('the figure of the home page can be drawn from the recording', () => {
  const run = heapRun(readFileSync('src/content/snippets/heap-limit/recorded/node-24.txt', 'utf8'));
  expect(run.limitMiB).toBe(64);
  expect(run.code).toBe(134);
  expect(run.message).toContain('JavaScript heap out of memory');
  expect(run.node).toMatch(/^v24\./);
  expect(run.points.length).toBeGreaterThanOrEqual(5);
  // What the page says: the heap grows with every step, and the next step would pass the limit.
  const used = run.points.map((point) => point.used);
  expect(used).toEqual([...used].sort((one, other) => one - other));
  const [before = 0, last = 0] = used.slice(-2);
  expect(last).toBeLessThanOrEqual(run.limitMiB);
  expect(last + (last - before)).toBeGreaterThan(run.limitMiB);
});

test('a recording without the flag is refused', () => {
  expect(() => heapRun('node: v24\n\n$ node main.mjs\nkept_mib=8 heap_used_mib=12\n[0] 5 ms\n')).toThrow(/no run with/);
});
