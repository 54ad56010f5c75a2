/** Whom a failed check hits: the rules of the figure, for any slowness of the database. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  figure,
  type Plan,
  period,
  plans,
  play,
  type Replica,
  type Scene,
  type State,
  scenes,
  startTime,
  threshold,
} from '../../../src/figures/probe-blast-radius.ts';

const restarts = (replicas: readonly Replica[]) => replicas.map((one) => one.restarts);
const total = (replicas: readonly Replica[]) => restarts(replicas).reduce((sum, one) => sum + one, 0);
const serving = (replicas: readonly Replica[]) => replicas.filter(({ phase }) => phase === 'serving').length;
const at = (states: readonly State[], second: number): State => {
  const found = states.find(({ now }) => now === second);
  if (!found) throw new Error(`no state at ${second} s`);
  return found;
};
const [database, stuck] = scenes as readonly [Scene, Scene];

it('tells the story of the steps', () => {
  const states = play(database, 60);
  const seen = (plan: Plan) => [20, 30, 40, 50, 60].map((second) => serving(at(states, second).lanes[plan]));
  expect(seen('both')).toEqual([4, 0, 0, 0, 4]);
  expect(seen('ready')).toEqual([4, 0, 0, 4, 4]);
  expect(seen('none')).toEqual([4, 4, 4, 4, 4]);
  expect(plans.map((plan) => total(at(states, 60).lanes[plan]))).toEqual([4, 0, 0]);
});

it('restarts the one that is stuck, whatever the plan', () => {
  const states = play(stuck, 60);
  for (const plan of plans) {
    expect(restarts(at(states, 30).lanes[plan])).toEqual([0, 1, 0, 0]);
    expect(at(states, 60).lanes[plan].map(({ phase }) => phase)).toEqual(Array(4).fill('serving'));
  }
});

it('shows the moments that its sentences name', () => {
  expect(figure.states.map(({ now }) => now)).toEqual([0, 10, 20, 30, 40, 50, 60, 10, 30, 60]);
});

describe('for any slowness', () => {
  const slowness = fc.record({ from: fc.integer({ min: 0, max: 200 }), long: fc.integer({ min: 0, max: 200 }) });
  const run = ({ from, long }: { from: number; long: number }) =>
    play({ name: 'database', slow: [from, from + long], stuckAt: null }, 600);

  it('hits all replicas alike: they share the cause', () => {
    fc.assert(
      fc.property(slowness, (some) => {
        for (const { lanes } of run(some))
          for (const plan of plans) expect(new Set(lanes[plan].map((one) => JSON.stringify(one))).size).toBe(1);
      }),
    );
  });

  it('restarts only where liveness asks the database, and only after three checks in a row', () => {
    fc.assert(
      fc.property(slowness, (some) => {
        const states = run(some);
        const end = states.at(-1) as State;
        const checks = states.filter(({ slow }) => slow).length;
        expect(total(end.lanes.both) > 0).toBe(checks >= threshold);
        expect([total(end.lanes.ready), total(end.lanes.none)]).toEqual([0, 0]);
      }),
    );
  });

  it('never serves less the less its probes ask', () => {
    fc.assert(
      fc.property(slowness, (some) => {
        for (const { lanes } of run(some)) {
          expect(serving(lanes.none)).toBe(4);
          expect(serving(lanes.none)).toBeGreaterThanOrEqual(serving(lanes.ready));
        }
      }),
    );
  });

  it('brings readiness back with the first good check, and liveness a whole start later', () => {
    fc.assert(
      fc.property(slowness, (some) => {
        for (const { now, slow, lanes } of run(some)) {
          if (!slow) expect(serving(lanes.ready)).toBe(4);
          for (const one of lanes.both)
            if (one.phase === 'starting') expect(one.upAt - now).toBeLessThanOrEqual(startTime);
        }
      }),
    );
  });
});

it('counts in whole periods', () => {
  expect(startTime % period).toBe(0);
});
