/** An event loop answers in order and one at a time; slices change who waits, and by how much. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figure, runLoop, stateAt } from '../../../src/figures/stuck-loop.ts';

describe('for any size of the slices', () => {
  const slices = fc.integer({ min: 1, max: 60 });

  it('runs one callback at a time, none before it is ready, and all of the work', () => {
    fc.assert(
      fc.property(slices, (slice) => {
        const ran = runLoop(slice);
        for (const [at, { ready, from, to }] of ran.entries()) {
          expect(from).toBeGreaterThanOrEqual(ready);
          expect(to).toBeGreaterThan(from);
          if (at > 0) expect(from).toBeGreaterThanOrEqual(ran[at - 1]?.to ?? 0);
        }
        const worked = (kind: string) =>
          ran.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.to - one.from, 0);
        expect(worked('report')).toBe(40);
        expect(worked('chat')).toBe(18);
      }),
    );
  });

  it('a message waits at most for a slice and two messages', () => {
    fc.assert(
      fc.property(slices, (slice) => {
        const longest = Math.max(
          ...runLoop(slice)
            .filter(({ kind }) => kind === 'chat')
            .map(({ ready, from }) => from - ready),
        );
        expect(longest).toBeLessThanOrEqual(slice + 4);
      }),
    );
  });
});

it('has the numbers that its sentences name', () => {
  const at = (now: number) => figure.states.find((state) => state.now === now)?.loops;
  expect(at(30)?.map(({ worst }) => worst)).toEqual([18, 3]);
  expect(at(50)?.map(({ worst, done }) => [worst, done])).toEqual([
    [38, true],
    [4, false],
  ]);
  expect(at(70)?.map(({ worst, done }) => [worst, done])).toEqual([
    [38, true],
    [4, true],
  ]);
  const ends = [40, 5].map((slice) =>
    Math.max(
      ...runLoop(slice)
        .filter(({ kind }) => kind === 'report')
        .map(({ to }) => to),
    ),
  );
  expect(ends).toEqual([50, 62]);
});

it('counts as waiting what has arrived and has not begun', () => {
  const [one] = stateAt([{ way: 'one', ran: runLoop(40) }], 30).loops;
  expect(one).toMatchObject({ waiting: 3, worst: 18, done: false });
});
