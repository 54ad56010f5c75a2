/** The figure's rules: nothing passes a limit, the nearest one ends it, and the limits of V8 are recorded ones. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, figure, rssOf, scenes, untilStopped, usedOf, type World } from '../../../src/figures/who-stops-it.ts';

const lastOf = (scene: string): World => {
  const found = scenes.find(({ world }) => world.scene === scene);
  if (!found) throw new Error(`no scene ${scene}`);
  const last = untilStopped(found.world, found.mib).at(-1);
  if (!last) throw new Error('no world');
  return last;
};

it('ends each scene as the lesson says', () => {
  expect(lastOf('arrays').end).toEqual({ by: 'runtime', victim: 'process', code: 134 });
  expect(lastOf('buffers').end).toEqual({ by: 'cgroup', victim: 'process', code: 137 });
  expect(lastOf('small').end).toEqual({ by: 'cgroup', victim: 'process', code: 137 });
  expect(lastOf('none').end).toEqual({ by: 'machine', victim: 'neighbour', code: 137 });
  expect(lastOf('tab').end).toEqual({ by: 'browser', victim: 'process', code: null });
});

it('kills the neighbour only because it is larger: it asked for nothing', () => {
  const none = scenes.find(({ world }) => world.scene === 'none');
  const smaller = untilStopped({ ...(none?.world as World), neighbour: 300 }, 20).at(-1);
  expect(smaller?.end).toEqual({ by: 'machine', victim: 'process', code: 137 });
});

it('lets Buffers pass the heap limit, and no array', () => {
  const { heap, outside, heapLimit } = lastOf('buffers');
  expect(outside).toBeGreaterThan(heapLimit);
  expect(heap).toBe(40);
});

it('takes the heap limits from the recordings of Node 24 in control groups', () => {
  const recorded = readFileSync('src/content/labs/oom/memory-limits/recorded/node-24.txt', 'utf8');
  const limitIn = (mib: number) =>
    Math.floor(Number(new RegExp(`MemoryMax=${mib}M \\S+ \\S+ node -p .*\\n([\\d.]+)`).exec(recorded)?.[1]));
  const heapLimit = (scene: string) => scenes.find(({ world }) => world.scene === scene)?.world.heapLimit;
  expect(heapLimit('arrays')).toBe(limitIn(512));
  expect(heapLimit('small')).toBe(limitIn(256));
  expect(heapLimit('none')).toBe(limitIn(1024));
});

describe('for any limits', () => {
  const worlds = fc.record({
    kind: fc.constantFrom('arrays' as const, 'buffers' as const),
    machine: fc.integer({ min: 500, max: 4000 }),
    container: fc.option(fc.integer({ min: 60, max: 4000 })),
    heapLimit: fc.integer({ min: 30, max: 4000 }),
    neighbour: fc.integer({ min: 0, max: 300 }),
  });
  const begin = (some: Partial<World>): World => ({
    ...(scenes[0]?.world as World),
    heap: 20,
    outside: 20,
    system: 100,
    ...some,
  });

  it('ends, and never passes a limit on the way', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 90 }), (some, mib) => {
        const all = untilStopped(begin(some), mib);
        expect(all.at(-1)?.end).not.toBeNull();
        for (const world of all) {
          if (world.kind === 'arrays') expect(world.heap).toBeLessThanOrEqual(world.heapLimit);
          expect(rssOf(world)).toBeLessThanOrEqual(world.container ?? Number.POSITIVE_INFINITY);
          expect(usedOf(world)).toBeLessThanOrEqual(world.machine);
        }
      }),
    );
  });

  it('blames the limit that the request passes', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 90 }), (some, mib) => {
        const last = untilStopped(begin(some), mib).at(-1) as World;
        const passes = {
          runtime: last.kind === 'arrays' && last.heap + mib > last.heapLimit,
          browser: false,
          cgroup: last.container !== null && rssOf(last) + mib > last.container,
          machine: usedOf(last) + mib > last.machine,
        };
        expect(passes[last.end?.by ?? 'browser']).toBe(true);
        // A fence further out is never blamed while one further in is passed as well.
        if (passes.runtime) expect(last.end?.by).toBe('runtime');
        else if (passes.cgroup) expect(last.end?.by).toBe('cgroup');
        expect(ask(last, mib)).toBe(last);
      }),
    );
  });
});

it('shows every scene, and its end', () => {
  expect(figure.states.filter(({ end }) => end).map(({ scene }) => scene)).toEqual(
    scenes.map(({ world }) => world.scene),
  );
});
