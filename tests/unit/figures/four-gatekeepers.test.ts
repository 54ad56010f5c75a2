/** The rules of the kernel for a new task, as the figure shows them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Counters, figure, gates, room, type Scene, start } from '../../../src/figures/four-gatekeepers.ts';

const counters: Counters = {
  RLIMIT_NPROC: { tasks: 5, limit: 10 },
  'threads-max': { tasks: 20, limit: 40 },
  pid_max: { tasks: 20, limit: 33 },
  'pids.max': { tasks: 2, limit: 9 },
};
const scene = (changes: Partial<Scene> = {}): Scene => ({ event: 'calm', root: false, counters, ...changes });
const withLimit = (gate: (typeof gates)[number], limit: number) => ({
  ...counters,
  [gate]: { ...counters[gate], limit },
});

describe('a new task', () => {
  it('is counted by all four, in one go with a thread', () => {
    const { counters: after, made, refusedBy } = start(scene(), 3);
    expect({ made, refusedBy }).toEqual({ made: 3, refusedBy: undefined });
    for (const gate of gates) expect(after[gate].tasks).toBe(counters[gate].tasks + 3);
  });

  it('is refused by the one with the least room, which is then full', () => {
    const state = start(scene(), 100);
    expect(state).toMatchObject({ made: 5, refusedBy: 'RLIMIT_NPROC' });
    expect(room(state, 'RLIMIT_NPROC')).toBe(0);
    expect(start(state, 1)).toMatchObject({ made: 0, refusedBy: 'RLIMIT_NPROC' });
    expect(start(scene(), 5).refusedBy).toBeUndefined();
  });

  it('is asked about in the order of the kernel where two are full', () => {
    const both = { ...counters, 'threads-max': { tasks: 20, limit: 25 }, 'pids.max': { tasks: 2, limit: 7 } };
    expect(start(scene({ counters: both }), 100).refusedBy).toBe('RLIMIT_NPROC');
    expect(start(scene({ counters: both, root: true }), 100).refusedBy).toBe('threads-max');
  });

  it('of root passes the first one, and no other', () => {
    const state = start(scene({ root: true }), 100);
    expect(state).toMatchObject({ made: 7, refusedBy: 'pids.max' });
    expect(state.counters.RLIMIT_NPROC.tasks, 'root has a count of its own').toBe(5);
  });

  it('has a number below pid_max', () => {
    const state = start(scene({ root: true, counters: withLimit('pids.max', Infinity) }), 100);
    expect(state).toMatchObject({ made: 12, refusedBy: 'pid_max' });
    expect(state.counters.pid_max.tasks).toBe(32);
  });

  it('stays when a limit sinks below the count: nothing more is made', () => {
    const state = start(scene({ counters: withLimit('pids.max', 1) }), 1);
    expect(state).toMatchObject({ made: 0, refusedBy: 'pids.max' });
    expect(state.counters['pids.max'].tasks).toBe(2);
  });
});

describe('the drawing', () => {
  const drawn = figure.states.map((state) => figure.draw(state, (name) => name));

  it('lets each gatekeeper say no once at least', () => {
    expect(new Set(figure.states.map(({ refusedBy }) => refusedBy))).toEqual(new Set([undefined, ...gates]));
  });

  it('says EAGAIN at one gate where a task is refused, and asks none after it', () => {
    figure.states.forEach(({ refusedBy, root, event }, at) => {
      const signs = [...(drawn[at] ?? '').matchAll(/>([✓✕–]?)<\/text>/g)].flatMap(([, sign]) => (sign ? [sign] : []));
      expect(drawn[at]?.match(/EAGAIN/g)?.length ?? 0).toBe(refusedBy ? 1 : 0);
      const asked = refusedBy ? gates.indexOf(refusedBy) + 1 : gates.length;
      expect(signs).toHaveLength(event === 'calm' ? 0 : asked);
      expect(signs.includes('–')).toBe(root);
      if (refusedBy) expect(signs.at(-1)).toBe('✕');
    });
  });

  it('has the limits that were recorded', () => {
    const recording = (name: string) => readFileSync(`src/content/labs/nproc/recorded/${name}.txt`, 'utf8');
    const service = recording('debian-12-systemd-root');
    const user = recording('debian-12-systemd-user');
    const large = recording('debian-12-user');
    expect(drawn[0]).toContain('>2,346<');
    expect(service).toContain('cgroup_pids_max=2346');
    for (const [fact, shown] of [
      ['nproc_soft=7822', '>7,822<'],
      ['threads_max=15644', '>15,644<'],
      ['pid_max=4194304', '>4,194,304<'],
    ] as const) {
      expect(user).toContain(fact);
      expect(drawn[0]).toContain(shown);
    }
    for (const [fact, shown] of [
      ['nproc_soft=96365', '>96,365<'],
      ['threads_max=192731', '>192,731<'],
      ['pid_max=32768', '>32,768<'],
    ] as const) {
      expect(large).toContain(fact);
      expect(drawn.at(-1)).toContain(shown);
    }
  });
});
