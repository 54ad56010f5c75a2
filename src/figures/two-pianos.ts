/**
 * Five instructions on two cores that keep the same contract. The simple one begins an instruction when the one before has ended. The other
 * begins one in every cycle, or as soon as its operands are there, so that it works while it waits for memory. What each instruction
 * results in depends on neither. The numbers of cycles are made up; the page says so.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

interface Instruction {
  words: string;
  /** Registers that it reads and the one that it writes. */
  reads: readonly string[];
  writes: string;
  cycles: number;
  result: (registers: ReadonlyMap<string, number>) => number;
}

const value = (registers: ReadonlyMap<string, number>, name: string): number => {
  const found = registers.get(name);
  if (found === undefined) throw new Error(`${name} has no value yet`);
  return found;
};

export const program: readonly Instruction[] = [
  { words: 'load r1', reads: [], writes: 'r1', cycles: 3, result: () => 6 },
  { words: 'add r2,r1,1', reads: ['r1'], writes: 'r2', cycles: 1, result: (r) => value(r, 'r1') + 1 },
  { words: 'load r3', reads: [], writes: 'r3', cycles: 9, result: () => 3 },
  { words: 'mul r4,r2,r2', reads: ['r2'], writes: 'r4', cycles: 3, result: (r) => value(r, 'r2') ** 2 },
  {
    words: 'add r5,r3,r4',
    reads: ['r3', 'r4'],
    writes: 'r5',
    cycles: 1,
    result: (r) => value(r, 'r3') + value(r, 'r4'),
  },
];

export type Core = 'simple' | 'overlapping';

/** One instruction on one core, in cycles from the start of the program. */
export interface Slot {
  from: number;
  until: number;
  result: number;
}

/** When each instruction runs on a core, and what it results in. */
export function schedule(core: Core, instructions: readonly Instruction[]): readonly Slot[] {
  const registers = new Map<string, number>();
  const ready = new Map<string, number>();
  const slots: Slot[] = [];
  for (const [at, one] of instructions.entries()) {
    const operands = Math.max(0, ...one.reads.map((name) => ready.get(name) ?? 0));
    const from = core === 'simple' ? (slots.at(-1)?.until ?? 0) : Math.max(at, operands);
    const until = from + one.cycles;
    const result = one.result(registers);
    registers.set(one.writes, result);
    ready.set(one.writes, until);
    slots.push({ from, until, result });
  }
  return slots;
}

/** Cycles until the last instruction has ended. */
export const cyclesOf = (slots: readonly Slot[]): number => Math.max(0, ...slots.map(({ until }) => until));

/** How many instructions are shown. */
export interface State {
  shown: number;
}

const states: readonly State[] = Array.from({ length: program.length + 1 }, (_, shown) => ({ shown }));

const left = 92;
const perCycle = 9;
const rowHeight = 17;

function chart(core: Core, top: number, { shown }: State, label: Label): string {
  const slots = schedule(core, program.slice(0, shown));
  const total = cyclesOf(slots);
  const floor = top + 12 + program.length * rowHeight;
  return [
    text(1, top, 'f-strong', label(core)),
    shown > 0 ? text(295, top, 'f-code f-strong f-end', `${total} ${label('cycles')}`) : '',
    line('f-line', `M${left} ${top + 8}V${floor}H295`),
    ...program.map(({ words }, at) => {
      const y = top + 12 + at * rowHeight;
      const slot = slots[at];
      const kind = slot ? 'f-code' : 'f-code f-muted';
      if (!slot) return text(1, y + 12, kind, words);
      const [x, width] = [left + slot.from * perCycle, (slot.until - slot.from) * perCycle];
      const now = at === shown - 1 ? ' f-now' : '';
      return (
        text(1, y + 12, `${kind}${now ? ' f-strong' : ''}`, words) +
        line(`f-kernel${now}`, `M${x} ${y + 1}h${width}v13h-${width}z`) +
        text(x + width + 4, y + 12, 'f-code f-muted', `${slot.result}`)
      );
    }),
  ].join('');
}

function draw(state: State, label: Label): string {
  return drawing(246, chart('simple', 13, state, label), chart('overlapping', 138, state, label));
}

export const figure: StepFigure<State> = { states, draw };
