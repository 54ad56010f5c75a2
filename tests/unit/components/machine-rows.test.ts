import { describe, expect, it } from 'vitest';
import { wideRows } from '../../../src/components/elements/my-machine-rows.ts';
import type { FactIsland, MachineIsland } from '../../../src/components/machine/island.ts';

const fact = (id: string): FactIsland => ({
  id,
  kind: 'text',
  weight: 1,
  labs: [],
  rules: [{ when: { theirs: 'b' } }, { when: {} }],
});
const island: MachineIsland = {
  facts: [fact('one'), fact('two'), fact('three')],
  machines: { first: { one: 'a', two: 'b' }, second: { one: 'c', two: 'b' } },
  places: {},
};

describe('wideRows', () => {
  it('puts every chosen machine beside mine, in the order chosen', () => {
    const rows = wideRows({ one: 'a', two: 'a' }, island, ['second', 'first']);
    expect(rows.map(({ fact, mine, theirs, differs }) => [fact.id, mine, theirs, differs])).toEqual([
      ['one', 'a', ['c', 'a'], [true, false]],
      ['two', 'a', ['b', 'b'], [true, true]],
    ]);
  });

  it('explains the first machine that differs', () => {
    const rules = (chosen: string[]) => wideRows({ one: 'b', two: 'a' }, island, chosen).map(({ rule }) => rule);
    expect(rules(['first', 'second'])).toEqual([1, 0]);
    expect(rules([])).toEqual([-1, -1]);
  });

  it('leaves out what was not pasted', () => {
    expect(wideRows({ three: 'x' }, island, ['first'])).toEqual([
      { fact: island.facts[2], mine: 'x', theirs: [undefined], differs: [true], rule: 1 },
    ]);
  });
});
