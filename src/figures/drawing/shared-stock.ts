/**
 * Two threads take one each from the same stock: read, subtract, write. A schedule says whose turn it is; the states are computed from it.
 * Without a mutex some schedules lose an update; with it none does. Two figures draw it; the tests try every schedule.
 */

import type { Label } from './step-figure.ts';
import { drawing, kernelBox, line, text } from './svg.ts';

export type Thread = 'A' | 'B';
export type Instruction = 'lock' | 'read' | 'subtract' | 'write' | 'unlock';

export interface ThreadState {
  /** Index of the next instruction. */
  next: number;
  /** The copy in the thread's own hands; undefined before it has read. */
  copy: number | undefined;
  /** It wants the mutex and does not get it. */
  waits: boolean;
}

export interface Shared {
  stock: number;
  /** Who holds the mutex. */
  holder: Thread | undefined;
  threads: Record<Thread, ThreadState>;
  /** What was just done, and by whom; undefined at the start. */
  did: { thread: Thread; instruction: Instruction } | undefined;
}

export const unlocked: readonly Instruction[] = ['read', 'subtract', 'write'];
export const locked: readonly Instruction[] = ['lock', ...unlocked, 'unlock'];

export const startStock = 10;

const start = (): Shared => ({
  stock: startStock,
  holder: undefined,
  threads: {
    A: { next: 0, copy: undefined, waits: false },
    B: { next: 0, copy: undefined, waits: false },
  },
  did: undefined,
});

/** One turn of a thread. A thread that meets a taken mutex waits: its turn passes and it stays at its `lock`. Throws after its last instruction. */
export function turn(state: Shared, thread: Thread, program: readonly Instruction[]): Shared {
  const own = state.threads[thread];
  const instruction = program[own.next];
  if (!instruction) throw new Error(`Thread ${thread} has finished.`);
  const now: Shared = { ...state, did: { thread, instruction } };
  const become = (change: Partial<ThreadState>) => ({ ...state.threads, [thread]: { ...own, ...change } });
  if (instruction === 'lock' && state.holder) return { ...now, threads: become({ waits: true }) };
  const on = { next: own.next + 1, waits: false };
  switch (instruction) {
    case 'lock':
      return { ...now, holder: thread, threads: become(on) };
    case 'read':
      return { ...now, threads: become({ ...on, copy: state.stock }) };
    case 'subtract':
      return { ...now, threads: become({ ...on, copy: (own.copy ?? 0) - 1 }) };
    case 'write':
      return { ...now, stock: own.copy ?? 0, threads: become(on) };
    case 'unlock':
      return { ...now, holder: undefined, threads: become(on) };
  }
}

/** The start, and the state after each turn. */
export function play(program: readonly Instruction[], schedule: readonly Thread[]): Shared[] {
  const states = [start()];
  for (const thread of schedule) states.push(turn(states.at(-1) ?? start(), thread, program));
  return states;
}

/** A thread: its instructions, with what is done and what was just done, and the copy in its hands. */
function threadBox(state: Shared, name: Thread, x: number, program: readonly Instruction[], label: Label): string {
  const { next, copy, waits } = state.threads[name];
  const active = state.did?.thread === name;
  const lines = program.length * 24;
  const rows = program.map((instruction, at) => {
    const done = at < next;
    const just = active && at === (waits ? next : next - 1);
    const y = 120 + at * 24;
    const mark = waits && at === next ? '…' : done ? '✓' : '·';
    const weight = done || just ? '' : 'f-muted';
    return (
      (just ? line('f-just', `M${x + 5} ${y - 15}h128v21h-128z`) : '') +
      text(x + 12, y, weight, mark) +
      text(x + 28, y, weight, label(instruction))
    );
  });
  return [
    `<rect class="f-process${active ? ' f-now' : ''}" x="${x}" y="76" width="138" height="${lines + 74}" rx="12"/>`,
    text(x + 10, 96, 'f-strong f-process-text', `${label('thread')} ${name}`),
    waits ? text(x + 128, 96, 'f-limit-text f-strong f-end', label('waits')) : '',
    ...rows,
    text(x + 10, lines + 132, 'f-muted', label('copy')),
    text(x + 128, lines + 132, 'f-code f-strong f-end', `${copy ?? '-'}`),
  ].join('');
}

/** The stock, the mutex where the program has one, and both threads. */
export function drawShared(state: Shared, program: readonly Instruction[], label: Label): string {
  const mutex = program.includes('lock');
  const left = mutex ? 2 : 79;
  return drawing(
    program.length * 24 + 152,
    kernelBox(left, 4, 138, 52),
    text(left + 10, 35, 'f-strong', label('stock')),
    text(left + 128, 37, 'f-code f-strong f-end f-big', `${state.stock}`),
    mutex ? (state.holder ? kernelBox(156, 4, 138, 52) : line('f-free', 'M156 4h138v52h-138z')) : '',
    mutex ? text(166, 35, 'f-strong', label('mutex')) : '',
    mutex ? text(284, 35, state.holder ? 'f-code f-strong f-end' : 'f-muted f-end', state.holder ?? label('free')) : '',
    threadBox(state, 'A', 2, program, label),
    threadBox(state, 'B', 156, program, label),
  );
}
