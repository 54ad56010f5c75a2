/** The rules of a build with a cache, as the figure shows them. */
import { describe, expect, it } from 'vitest';
import { build, type Contents, figure, inputs, type Order, orders, rebuild } from '../../../src/figures/layer-cache.ts';

const start: Contents = { base: 1, package: 1, source: 1 };
const names = Object.keys(orders) as Order[];
/** The instructions that run after a change. */
const ran = (order: Order, changed?: (typeof inputs)[number]) => {
  const { reused } = rebuild(order, 'same', changed);
  return orders[order].filter((_, at) => !reused[at]).map(({ words }) => words);
};

describe.each(names)('a build, %s', (order) => {
  it('runs everything at first, and nothing when nothing changed', () => {
    const first = build(order, start, new Set());
    expect(first.reused.every((one) => !one)).toBe(true);
    expect(build(order, start, first.cache).reused.every(Boolean)).toBe(true);
  });

  it.each(inputs)('runs from the first step that reads a changed %s, to the end', (changed) => {
    const at = orders[order].findIndex(({ reads }) => (reads as readonly string[]).includes(changed));
    expect(rebuild(order, 'same', changed).reused).toEqual(orders[order].map((_, step) => step < at));
  });

  it('finds the old steps again when a change is taken back', () => {
    const first = build(order, start, new Set());
    const second = build(order, { ...start, source: 2 }, first.cache);
    expect(build(order, start, second.cache).reused.every(Boolean)).toBe(true);
  });

  it('does not change the cache that it was given', () => {
    const cache = new Set<string>();
    build(order, start, cache);
    expect(cache.size).toBe(0);
  });
});

it('installs again after a change of code in one of the orders only', () => {
  expect(ran('careless', 'source')).toContain('RUN npm ci');
  expect(ran('careful', 'source')).toEqual(['COPY . .', 'RUN npm run build']);
  for (const order of names) expect(ran(order, 'package')).toContain('RUN npm ci');
});

it('draws how many steps ran, with a sign at each', () => {
  for (const state of figure.states) {
    const drawn = figure.draw(state, (name) => name);
    const count = state.reused.filter((one) => !one).length;
    expect(drawn).toContain(`ran ${count} / ${orders[state.order].length}`);
    expect(drawn.match(/▸ /g)?.length ?? 0).toBe(count);
    expect(drawn.match(/✓ /g)?.length ?? 0).toBe(state.reused.length - count);
  }
});
