import { describe, expect, it } from 'vitest';
import {
  drawShared,
  type Instruction,
  locked,
  play,
  startStock,
  type Thread,
  turn,
  unlocked,
} from '../../../src/figures/drawing/shared-stock.ts';
import { figure as lostUpdate } from '../../../src/figures/lost-update.ts';
import { figure as mutexTurns } from '../../../src/figures/mutex-turns.ts';

const lostUpdateStates = lostUpdate.states;
const mutexStates = mutexTurns.states;

/** Every end that some order of turns leads to. A turn that only waits is tried once: it changes nothing a second time. */
function ends(program: readonly Instruction[]): Set<number> {
  const found = new Set<number>();
  const seen = new Set<string>();
  const walk = (state = play(program, [])[0]) => {
    if (!state) throw new Error('no start');
    const key = JSON.stringify([state.stock, state.holder, state.threads]);
    if (seen.has(key)) return;
    seen.add(key);
    const able = (['A', 'B'] as Thread[]).filter((thread) => state.threads[thread].next < program.length);
    if (able.length === 0) found.add(state.stock);
    for (const thread of able) walk(turn(state, thread, program));
  };
  walk();
  return found;
}

describe('every order of turns', () => {
  it('without a mutex may lose one of the two', () => {
    expect([...ends(unlocked)].sort()).toEqual([startStock - 2, startStock - 1]);
  });

  it('with a mutex ends with two fewer, always', () => {
    expect([...ends(locked)]).toEqual([startStock - 2]);
  });
});

describe('what the lesson shows', () => {
  it('both read the same number, and one sale vanishes', () => {
    expect(lostUpdateStates.map(({ stock }) => stock)).toEqual([10, 10, 10, 10, 10, 9, 9]);
    const both = lostUpdateStates[2]?.threads;
    expect([both?.A.copy, both?.B.copy]).toEqual([10, 10]);
  });

  it('the mutex makes B wait and read what A has written', () => {
    expect(mutexStates.map(({ threads }) => threads.B.waits)).toEqual(mutexStates.map((_, at) => at >= 3 && at <= 6));
    expect(mutexStates.map(({ holder }) => holder ?? '-').join('')).toBe('-AAAAA-BBBB-');
    expect(mutexStates.at(-1)).toMatchObject({ stock: 8, holder: undefined });
  });

  it('both stories end with both threads finished', () => {
    for (const [states, program] of [
      [lostUpdateStates, unlocked],
      [mutexStates, locked],
    ] as const)
      for (const thread of ['A', 'B'] as const) expect(states.at(-1)?.threads[thread].next).toBe(program.length);
  });
});

it('refuses a turn of a thread that has finished', () => {
  expect(() => play(unlocked, ['A', 'A', 'A', 'A'])).toThrow('finished');
});

describe('drawShared', () => {
  const label = (name: string) => `[${name}]`;

  it('marks what was just done, and who waits', () => {
    const waiting = mutexStates[3];
    if (!waiting) throw new Error('no such state');
    const svg = drawShared(waiting, locked, label);
    expect(svg.match(/f-just/g)).toHaveLength(1);
    expect(svg).toContain('[waits]');
    expect(svg).toContain('…');
  });

  it('marks nothing at the start and has no mutex where the program has none', () => {
    const svg = drawShared(play(unlocked, [])[0] as never, unlocked, label);
    expect(svg).not.toContain('f-just');
    expect(svg).not.toContain('[mutex]');
  });
});
