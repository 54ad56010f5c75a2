/** The figure's collector: reachability on any heap, and what the sentences of the figure say about its states. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Heap, mark, states, step, sweep, toLetGo } from '../../../src/figures/what-a-gc-keeps.ts';

describe('on any heap', () => {
  const names = Array.from({ length: 8 }, (_, at) => `o${at}`);
  const roots = ['r0', 'r1'];
  const heaps = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...roots, ...names), fc.constantFrom(...names)), {
      maxLength: 24,
      selector: (reference) => reference.join(),
    })
    .map((references): Heap => ({ roots, objects: names, references }));

  /** Reachability the slow way: matrices of paths (Warshall), not a work list. */
  const reached = ({ references }: Heap) => {
    const all = [...roots, ...names];
    const path = new Set(references.map((one) => one.join()));
    for (const by of all)
      for (const from of all)
        for (const to of all) if (path.has(`${from},${by}`) && path.has(`${by},${to}`)) path.add(`${from},${to}`);
    return names.filter((name) => roots.some((root) => path.has(`${root},${name}`)));
  };

  it('marks what a path from a root leads to, and nothing else', () => {
    fc.assert(
      fc.property(heaps, (heap) => {
        expect([...mark(heap)].sort()).toEqual(reached(heap));
      }),
    );
  });

  it('sweeps what has no mark, leaves no reference to it, and has nothing to do a second time', () => {
    fc.assert(
      fc.property(heaps, (heap) => {
        const left = sweep(heap, mark(heap));
        expect(left.objects).toEqual(reached(heap));
        const known = new Set([...left.roots, ...left.objects]);
        for (const [from, to] of left.references) expect(known.has(from) && known.has(to)).toBe(true);
        expect(sweep(left, mark(left))).toEqual(left);
      }),
    );
  });

  it('never keeps more when a reference is let go', () => {
    fc.assert(
      fc.property(heaps, fc.nat(), (heap, at) => {
        const fewer = { ...heap, references: heap.references.filter((_, one) => one !== at % 24) };
        for (const name of mark(fewer)) expect(mark(heap).has(name)).toBe(true);
      }),
    );
  });
});

it('frees objects that only refer to each other, which counting references would not', () => {
  const ring: Heap = {
    roots: ['r'],
    objects: ['a', 'b'],
    references: [
      ['a', 'b'],
      ['b', 'a'],
    ],
  };
  expect(sweep(ring, mark(ring)).objects).toEqual([]);
});

describe('the figure', () => {
  it('has a floor of 2, of 10 with the leaks, and of 2 again', () => {
    expect(states.at(-1)?.floors).toEqual([2, 10, 2]);
    expect(states.map(({ swept }) => swept.length).filter((count) => count > 0)).toEqual([2, 8]);
  });

  it('holds each of the three requests by one reference: without it, that request goes, and the others stay', () => {
    const full = states.find(({ floors }) => floors.length === 2);
    if (!full) throw new Error('no state after the second collection');
    const freedBy = toLetGo.map((gone) => {
      const without = { ...full, references: full.references.filter((one) => one.join() !== gone.join()) };
      return step(step(without, 'mark'), 'sweep').swept;
    });
    expect(freedBy).toEqual([
      ['request2', 'body2'],
      ['listener', 'request3', 'body3'],
      ['callback', 'request4', 'body4'],
    ]);
  });
});
