import { expect, it } from 'vitest';
import { cyclesOf, program, schedule } from '../../../src/figures/two-pianos.ts';

const simple = schedule('simple', program);
const overlapping = schedule('overlapping', program);

it('gives the same results on both cores', () => {
  expect(simple.map(({ result }) => result)).toEqual([6, 7, 3, 49, 52]);
  expect(overlapping.map(({ result }) => result)).toEqual(simple.map(({ result }) => result));
});

it('takes the times that its words say', () => {
  expect(cyclesOf(simple)).toBe(17);
  expect(cyclesOf(overlapping)).toBe(12);
  expect(cyclesOf([])).toBe(0);
});

it('begins nothing before its operands are there', () => {
  for (const slots of [simple, overlapping])
    for (const [at, { reads }] of program.entries())
      for (const name of reads) {
        const writer = program.findIndex(({ writes }) => writes === name);
        expect(slots[at]?.from).toBeGreaterThanOrEqual(slots[writer]?.until ?? 0);
      }
});

it('runs one instruction at a time on the simple core', () => {
  for (const [at, { from }] of simple.entries()) expect(from).toBe(simple[at - 1]?.until ?? 0);
});

it('refuses a program that reads what nobody wrote', () => {
  expect(() => schedule('simple', program.slice(1))).toThrow('r1 has no value yet');
});
