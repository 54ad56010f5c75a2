/** Whose meter counts when, as the figure shows it. */
import { expect, it } from 'vitest';
import { figure, holderAt, loans, metered } from '../../../src/figures/one-server-one-day.ts';

it('lends the server to one holder at a time, without a gap', () => {
  for (const [at, { from, to }] of loans.entries()) {
    expect(to).toBeGreaterThan(from);
    if (at > 0) expect(from).toBe(loans[at - 1]?.to);
  }
});

it('counts only the hours that a holder had it', () => {
  expect([9, 12, 13, 14, 15, 18].map((now) => metered('us', now))).toEqual([0, 0, 1, 2, 2, 2]);
  expect(metered('other', 18)).toBe(3);
  expect(metered('us', 18) + metered('pool', 18) + metered('other', 18)).toBe(9);
});

it('shows the count of our meter at each step', () => {
  const drawn = figure.states.map((state) => figure.draw(state, (name) => name));
  expect(drawn.map((markup) => /(\d) h</.exec(markup)?.[1])).toEqual(['0', '0', '1', '2', '2', '2']);
});

it('hands the server over on the hour', () => {
  expect([9, 11, 12, 14, 15, 18].map(holderAt)).toEqual(['pool', 'pool', 'us', 'pool', 'other', 'other']);
});
