/** The rules of the manual pages, as the figure shows them. */
import { describe, expect, it } from 'vitest';
import { apply, figure, limit, type Operation, type State } from '../../../src/figures/descriptor-table.ts';

const run = (...operations: Operation[]): State =>
  operations.reduce((state, one) => apply(state, one), apply({ table: [] }, { call: 'start' }));
const open: Operation = { call: 'open', object: 'photo.jpg' };
const numbers = ({ table }: State) => table.flatMap((entry, number) => (entry ? [number] : []));

describe('the table', () => {
  it('starts with 0, 1 and 2, and gives the lowest free number', () => {
    expect(numbers(run())).toEqual([0, 1, 2]);
    expect(run(open).result).toBe(3);
    expect(run(open, open, { call: 'close', number: 3 }, open).result).toBe(3);
    expect(run({ call: 'close', number: 0 }, open).result).toBe(0);
  });

  it('gives dup the lowest free number and the same object', () => {
    const { table, result } = run(open, { call: 'dup', from: 3 });
    expect(result).toBe(4);
    expect(table[4]?.object).toBe('photo.jpg');
  });

  it('fails at the limit and keeps what is open', () => {
    const full = run(open, open, open);
    expect(numbers(full)).toHaveLength(limit);
    const failed = apply(full, open);
    expect(failed.result).toBe(-1);
    expect(failed.table).toEqual(full.table);
    expect(apply(failed, { call: 'dup', from: 0 }).result).toBe(-1);
  });

  it('keeps a forgotten number until the process ends', () => {
    const leaked = run(open, { call: 'forget', number: 3 }, open);
    expect(leaked.result).toBe(4);
    expect(numbers(apply(leaked, { call: 'exit' }))).toEqual([]);
  });

  it('closes only what is open', () => {
    expect(() => run({ call: 'close', number: 5 })).toThrow('descriptor 5 is not open');
  });
});

describe('the drawing', () => {
  const drawn = figure.states.map((state) => figure.draw(state, (name) => name));
  const at = (call: string) => drawn.find((one) => one.includes(call)) ?? '';

  it('has a ticket for each open number, and the call that led there', () => {
    figure.states.forEach((state, index) => {
      expect(drawn[index]?.match(/class="f-ticket/g)?.length ?? 0).toBe(numbers(state).length);
    });
    expect(at('open(&quot;order.csv&quot;) = 3')).not.toBe('');
    expect(at('dup(4) = 5')).not.toBe('');
  });

  it('keeps an object for as long as a number refers to it', () => {
    expect(at('close(3) = 0')).not.toContain('>app.log<');
    expect(at('close(4) = 0')).toContain('>photo.jpg<');
  });

  it('meets the limit at the end, and nowhere before', () => {
    const failures = drawn.filter((one) => one.includes('EMFILE'));
    expect(failures).toEqual([drawn.at(-2)]);
    expect(failures[0]).toContain('-1 EMFILE');
    expect(drawn.every((one) => one.includes(`ulimit -n ${limit}`))).toBe(true);
  });
});
