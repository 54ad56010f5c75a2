/** The figure's rules: each handle does one thing, and the numbers are those that the snippet printed. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base,
  enlarged,
  figure,
  fits,
  inPieces,
  needOf,
  type Plan,
  queued,
} from '../../../src/figures/worst-moment.ts';

const recorded = readFileSync('src/content/snippets/peak-memory/recorded/node-24.txt', 'utf8');

it('shows what the program printed, line for line', () => {
  const printed = [...recorded.matchAll(/need=(\d+) room=(\d+) (left|over)=(\d+)/g)].map((match) => match.slice(1));
  expect(printed).toHaveLength(7);
  const drawn = figure.states.map((plan) => {
    const left = plan.room - needOf(plan);
    return [`${needOf(plan)}`, `${plan.room}`, left >= 0 ? 'left' : 'over', `${Math.abs(left)}`];
  });
  expect(drawn).toEqual(printed);
});

describe('for any plan', () => {
  const plans = fc.record({
    name: fc.constant('largest' as const),
    atOnce: fc.integer({ min: 1, max: 200 }),
    size: fc.integer({ min: 1, max: 500 }),
    room: fc.integer({ min: 1, max: 10_000 }),
    waiting: fc.constant(0),
  });
  const small = fc.integer({ min: 1, max: 300 });

  it('a handle never asks for more, and loses no photo', () => {
    fc.assert(
      fc.property(plans, small, (plan: Plan, amount) => {
        for (const turned of [queued(plan, amount), inPieces(plan, 'cap', amount), enlarged(plan, 'box4', 4)]) {
          expect(needOf(turned)).toBeLessThanOrEqual(needOf(plan));
          expect(turned.atOnce + turned.waiting).toBe(plan.atOnce);
          expect(needOf(turned)).toBeGreaterThan(base);
          if (fits(plan)) expect(fits(turned)).toBe(true);
        }
      }),
    );
  });
});

it('never draws wider than its frame', () => {
  for (const { room } of figure.states) expect(room).toBeLessThanOrEqual(8192);
});
