/** EEVDF in small: the shares follow the weights, nobody runs who is not owed time, and the snippet's recordings say the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figure, join, leave, runOne, type SharingState, start, type Task } from '../../../src/figures/fair-sharing.ts';

const web: Task = { name: 'web', nice: 0, slice: 3 };
const report: Task = { name: 'report', nice: 5, slice: 3 };

function shared(turns: number, tasks: readonly Task[]): SharingState {
  let state = start(tasks);
  for (let turn = 0; turn < turns; turn++) state = runOne(state);
  return state;
}
const cpu = (state: SharingState) => Object.fromEntries(state.tasks.map((task) => [task.name, task.cpu]));

it('shares as the snippet does, in every recording', () => {
  const folder = 'src/content/snippets/fair-shares/recorded';
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(0);
  const state = shared(100, [web, report]);
  for (const name of names) {
    const text = readFileSync(path(folder, name), 'utf8');
    const order = /^first 16 turns: (\w+)$/m.exec(text)?.[1];
    expect(order, name).toBe(
      state.history
        .slice(0, 16)
        .map((turn) => turn.name[0])
        .join(''),
    );
    const shares = [...text.matchAll(/^(\w+) +nice \d+: (\d+) of 300 ms$/gm)].map(([, task, ms]) => [task, Number(ms)]);
    expect(Object.fromEntries(shares), name).toEqual(cpu(state));
  }
});

describe('for any tasks', () => {
  const tasks = fc
    .array(
      fc.record({ nice: fc.constantFrom(0 as const, 5 as const, 10 as const), slice: fc.integer({ min: 1, max: 6 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((all) => all.map((one, at): Task => ({ ...one, name: `task ${at}` })));

  it('gives the core to one that is owed time, with the earliest deadline of those', () => {
    fc.assert(
      fc.property(tasks, fc.integer({ min: 0, max: 60 }), (all, turns) => {
        const state = shared(turns, all);
        const owed = state.tasks.filter((task) => task.owed);
        const chosen = owed.find(({ name }) => name === state.next);
        expect(chosen).toBeDefined();
        for (const { deadline } of owed) expect(deadline).toBeGreaterThanOrEqual((chosen?.deadline ?? 0) - 1e-9);
      }),
    );
  });

  it('keeps everyone within a slice or so of the fair share', () => {
    fc.assert(
      fc.property(tasks, (all) => {
        const state = shared(400, all);
        const weight = { 0: 1024, 5: 335, 10: 110 };
        const total = all.reduce((sum, { nice }) => sum + weight[nice], 0);
        const used = state.tasks.reduce((sum, task) => sum + task.cpu, 0);
        for (const task of state.tasks)
          expect(Math.abs(task.cpu - (used * weight[task.nice]) / total)).toBeLessThanOrEqual(13);
      }),
    );
  });
});

it('lets a short task that wakes up go first, without a debt', () => {
  const state = join(shared(5, [web, report]), { name: 'chat', nice: 0, slice: 1 });
  expect(shared(5, [web, report]).next).toBe('report');
  expect(state.next).toBe('chat');
  expect(runOne(state).tasks.find(({ name }) => name === 'chat')?.cpu).toBe(1);
  expect(leave(state, 'chat').next).toBe('report');
});

it('shows in its last step the ratio that its sentence names', () => {
  const last = figure.states.at(-1);
  expect(last && cpu(last)).toEqual({ web: 18, report: 6 });
});
