/** A leak and a need under any traffic, and what the sentences of the figure say about its states. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrive, base, leave, openIn, raise, restart, type Server, states } from '../../../src/figures/leak-or-need.ts';

const server = (forgets: number, limit = 16): Server => ({ limit, forgets, live: 0, leaked: 0, refused: 0 });
const days = fc.array(fc.nat(20), { maxLength: 40 });

describe('under any traffic', () => {
  it('never has more open than its limit, and loses no request from the count', () => {
    fc.assert(
      fc.property(days, fc.nat(5), fc.integer({ min: base, max: 40 }), (requests, forgets, limit) => {
        let now = server(forgets, limit);
        for (const number of requests) {
          now = arrive(now, number);
          expect(openIn(now)).toBeLessThanOrEqual(limit);
          expect(now.live + now.refused).toBe(number);
          now = leave(now);
        }
      }),
    );
  });

  it('comes back to the same floor where nothing is forgotten', () => {
    fc.assert(
      fc.property(days, (requests) => {
        let now = server(0);
        for (const number of requests) now = leave(arrive(now, number));
        expect(openIn(now)).toBe(base);
      }),
    );
  });

  it('has a floor that never falls where something is, whatever the limit becomes; only a restart frees it', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 5 }), fc.nat(20), (requests, forgets, more) => {
        let now = server(forgets);
        for (const number of requests) {
          const floor = openIn(now);
          now = leave(arrive(raise(now, now.limit + more), number));
          expect(openIn(now)).toBeGreaterThanOrEqual(floor);
        }
        expect(openIn(restart(now))).toBe(base);
      }),
    );
  });
});

describe('the figure', () => {
  const at = (day: number, moment: string) => states.find((one) => one.day === day && one.moment === moment);
  const counts = (day: number, moment: string) => {
    const found = at(day, moment);
    if (!found) throw new Error(`no ${moment} on day ${day}`);
    return [openIn(found.need), openIn(found.leak), found.need.refused, found.leak.refused];
  };

  it('cannot tell the two apart on the first noon, and can in the first night', () => {
    expect(counts(1, 'noon')).toEqual([10, 10, 0, 0]);
    expect(counts(1, 'night')).toEqual([5, 8, 0, 0]);
  });

  it('has the floors, the full table and the refusals that its sentences name', () => {
    expect(counts(2, 'noon')).toEqual([10, 13, 0, 0]);
    expect(counts(2, 'night')).toEqual([5, 11, 0, 0]);
    expect(counts(3, 'noon')).toEqual([10, 16, 0, 0]);
    expect(counts(3, 'night')).toEqual([5, 14, 0, 0]);
    expect(counts(4, 'noon')).toEqual([10, 16, 0, 3]);
    expect(counts(4, 'raise-right')).toEqual([5, 17, 0, 0]);
    expect(counts(5, 'noon')).toEqual([10, 22, 0, 0]);
    expect(counts(5, 'night')).toEqual([5, 20, 0, 0]);
    expect(counts(6, 'noon')).toEqual([10, 24, 0, 1]);
    expect(counts(6, 'restart-right')).toEqual([5, 5, 0, 0]);
  });

  it('refuses the left one in the campaign, and serves all with the larger limit', () => {
    expect(counts(7, 'campaign')).toEqual([16, 18, 2, 0]);
    expect(counts(8, 'raise-left')).toEqual([18, 21, 0, 0]);
    expect(counts(8, 'night')).toEqual([5, 11, 0, 0]);
  });
});
