/** The figure's rules: who is told, when SIGKILL comes, what is left as exit code, and that no request is lost from the count. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figure, type Moment, type Plan, plans, stop } from '../../../src/figures/who-gets-sigterm.ts';

const last = (plan: Plan) => stop(plan).at(-1) as Moment;
const secondOfEnd = (plan: Plan) => stop(plan).find(({ code }) => code !== null)?.at;

it('ends each container as the lesson says', () => {
  const end = (plan: Plan) => {
    const { code, answered, cut, refused } = last(plan);
    return { at: secondOfEnd(plan), code, answered, cut, refused };
  };
  // Nobody was told, so new requests came in for ten seconds more, and the last two are cut off.
  expect(end(plans.shell)).toEqual({ at: 10, code: 137, answered: 9, cut: 2, refused: 0 });
  expect(end(plans.bare)).toEqual({ at: 10, code: 137, answered: 9, cut: 2, refused: 0 });
  expect(end(plans.npm)).toEqual({ at: 0, code: 1, answered: 0, cut: 1, refused: 0 });
  expect(end(plans.init)).toEqual({ at: 0, code: 143, answered: 0, cut: 1, refused: 0 });
  expect(end(plans.handler)).toEqual({ at: 3, code: 0, answered: 1, cut: 0, refused: 0 });
  expect(end(plans.long)).toEqual({ at: 10, code: 137, answered: 0, cut: 1, refused: 0 });
});

it('turns requests away when the server closes before the balancer has noticed, and none with a hook', () => {
  expect(last(plans.race).refused).toBe(plans.race.noticed);
  expect(last(plans.hook)).toMatchObject({ refused: 0, cut: 0, code: 0, answered: 1 + plans.hook.noticed });
});

describe('for any plan', () => {
  const chains = fc
    .array(fc.constantFrom('none' as const, 'forwards' as const), { maxLength: 2 })
    .chain((before) =>
      fc
        .constantFrom('none' as const, 'drains' as const)
        .map((server) => [...before, server].map((reaction, index) => ({ name: 'p', pid: index + 1, reaction }))),
    );
  const any = fc.record({
    command: fc.constant('CMD'),
    chain: chains,
    grace: fc.integer({ min: 1, max: 40 }),
    preStop: fc.integer({ min: 0, max: 50 }),
    request: fc.integer({ min: 1, max: 50 }),
    noticed: fc.integer({ min: 0, max: 45 }),
  });

  it('is over when the grace period is, whatever the programs do', () => {
    fc.assert(
      fc.property(any, (plan) => {
        expect(secondOfEnd(plan)).toBeLessThanOrEqual(plan.grace);
      }),
    );
  });

  it('loses no request: each is in flight, answered, cut or refused', () => {
    fc.assert(
      fc.property(any, (plan) => {
        for (const { at, inFlight, answered, cut, refused } of stop(plan)) {
          const came = 1 + (at === null ? 0 : Math.min(at + 1, plan.noticed));
          expect(inFlight + answered + cut + refused).toBe(came);
        }
      }),
    );
  });

  it('leaves 0 only where a server drained, and then cuts nobody off', () => {
    fc.assert(
      fc.property(any, (plan) => {
        const { code, cut } = last(plan);
        expect([0, 137, 143]).toContain(code);
        if (code === 0) expect(plan.chain.at(-1)?.reaction).toBe('drains');
        if (code === 0) expect(cut).toBe(0);
      }),
    );
  });

  it('waits to the end where PID 1 has no handler', () => {
    fc.assert(
      fc.property(any, (plan) => {
        if (plan.chain[0]?.reaction === 'none') expect([secondOfEnd(plan), last(plan).code]).toEqual([plan.grace, 137]);
      }),
    );
  });
});

it('shows each container, and never a second that is none of the stop', () => {
  expect(new Set(figure.states.map(({ plan }) => plan))).toEqual(new Set(Object.values(plans)));
});
