/** The rule of the quota: it is never passed, nothing is lost, and the snippet's recordings say the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { figure, period, piecesOf, throttledOf, wallOf, work } from '../../../src/figures/quota-bar.ts';

const cases: [name: string, quota: number, threads: number][] = [
  ['no limit, 1 thread', Number.POSITIVE_INFINITY, 1],
  ['no limit, 4 threads', Number.POSITIVE_INFINITY, 4],
  ['1 CPU, 1 thread', 100, 1],
  ['half a CPU, 1 thread', 50, 1],
  ['half a CPU, 4 threads', 50, 4],
];

it('takes as long as the snippet says, in every recording', () => {
  const folder = 'src/content/snippets/cpu-quota/recorded';
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const recorded = readFileSync(join(folder, name), 'utf8');
    for (const [title, quota, threads] of cases) {
      const pieces = piecesOf(work, quota, threads);
      expect(recorded, name).toContain(`\n${title}: ${work} ms of work takes ${Math.round(wallOf(pieces))} ms\n`);
      const throttled = quota < threads * period ? throttledOf(pieces) : 0;
      expect(recorded, `${name}, ${title}`).toMatch(
        new RegExp(`\\n${title}: .*\\n +[#.]+ throttled in ${throttled} periods\\n`),
      );
    }
  }
});

it('never uses more than the quota, loses no work, and stands still only when the quota is used up', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 5, max: 800 }),
      fc.integer({ min: 1, max: 8 }),
      (ms, quota, threads) => {
        const pieces = piecesOf(ms, quota, threads);
        expect(pieces.reduce((sum, { used }) => sum + used, 0)).toBe(ms);
        for (const { used, stands } of pieces) {
          expect(used).toBeLessThanOrEqual(quota);
          if (stands > 0) expect(used).toBe(quota);
        }
        expect(wallOf(pieces)).toBeGreaterThanOrEqual(ms / threads - 1e-9);
      },
    ),
  );
});

it('is not faster with more threads once the quota is used up in every period', () => {
  const whole = (threads: number) => wallOf(piecesOf(1000, 50, threads));
  expect(whole(1) - whole(16)).toBeLessThan(period);
});

it('shows the numbers that its sentences name', () => {
  expect(figure.states.map(({ pieces }) => Math.round(wallOf(pieces)))).toEqual([
    120, 100, 200, 220, 30, 100, 200, 205, 30,
  ]);
});
