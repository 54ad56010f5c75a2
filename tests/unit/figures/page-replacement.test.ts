/** The figure's algorithms: known results of the literature, the properties of each policy, and the same numbers as the snippet's recordings. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, replacementStates } from '../../../src/figures/page-replacement.ts';

const belady = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
const faults = (policy: Policy, asked: readonly number[], frames: number) =>
  replacementStates(asked, frames, [policy]).at(-1)?.policies[0]?.faults;

it('counts as few faults as the snippet does, in every recording', () => {
  const folder = 'src/content/snippets/page-replacement';
  const recordings = readdirSync(join(folder, 'recorded'));
  expect(recordings.length).toBeGreaterThan(0);
  for (const name of recordings) {
    const lines = readFileSync(join(folder, 'recorded', name), 'utf8').matchAll(
      /^(FIFO|LRU|CLOCK) +3 frames: (\d+) faults +4 frames: (\d+) faults$/gm,
    );
    const recorded = [...lines].map(([, policy, three, four]) => [policy, Number(three), Number(four)]);
    expect(recorded, name).toEqual(
      (['FIFO', 'LRU', 'CLOCK'] as const).map((policy) => [
        policy,
        faults(policy, belady, 3),
        faults(policy, belady, 4),
      ]),
    );
  }
});

it("shows Belady's anomaly with FIFO", () => {
  expect([3, 4].map((frames) => faults('FIFO', belady, frames))).toEqual([9, 10]);
  expect([3, 4].map((frames) => faults('LRU', belady, frames))).toEqual([10, 8]);
});

describe('for any requests', () => {
  const requests = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 40 });
  const frames = fc.integer({ min: 1, max: 5 });

  it('LRU never gets worse with one more frame', () => {
    fc.assert(
      fc.property(requests, frames, (asked, size) => {
        expect(faults('LRU', asked, size + 1)).toBeLessThanOrEqual(faults('LRU', asked, size) ?? -1);
      }),
    );
  });

  it('the page asked for is in RAM, no page is there twice, and only a fault changes what is there', () => {
    fc.assert(
      fc.property(requests, frames, (asked, size) => {
        const states = replacementStates(asked, size);
        for (const [at, state] of states.entries()) {
          for (const [row, { frames: now, outcome, left, faults: count }] of state.policies.entries()) {
            const pages = now.map(({ page }) => page).filter((page) => page !== null);
            expect(new Set(pages).size).toBe(pages.length);
            if (at === 0) continue;
            expect(pages).toContain(state.asked);
            const before = states[at - 1]?.policies[row];
            const had = before?.frames.map(({ page }) => page).filter((page) => page !== null) ?? [];
            expect(outcome === 'hit').toBe(had.includes(state.asked as number));
            expect(count).toBe((before?.faults ?? 0) + (outcome === 'hit' ? 0 : 1));
            expect(outcome === 'replaced').toBe(left !== null);
            expect(had.filter((page) => !pages.includes(page))).toEqual(left === null ? [] : [left]);
          }
        }
      }),
    );
  });

  it('with room for every page, each faults once', () => {
    fc.assert(
      fc.property(requests, (asked) => {
        for (const { faults: count } of replacementStates(asked, 6).at(-1)?.policies ?? [])
          expect(count).toBe(new Set(asked).size);
      }),
    );
  });
});

it('spares with CLOCK a page that was used since the hand came by', () => {
  // 1, 2, 3 fill it; 4 takes every bit and replaces 1; 2 is used again, so 5 spares it and replaces 3.
  const states = replacementStates([1, 2, 3, 4, 2, 5], 3, ['CLOCK']);
  expect(states.map(({ policies }) => policies[0]?.left)).toEqual([null, null, null, null, 1, null, 3]);
});
