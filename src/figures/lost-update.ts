/**
 * Two threads take one each from the same stock: read, subtract, write. A schedule says whose turn it is; the states are computed from it.
 * Without a mutex some schedules lose an update; with it none does. Pure: the figures draw it, the tests try every schedule.
 */

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

/** Both read before either writes. */
export const lostUpdateStates: readonly Shared[] = play(unlocked, ['A', 'B', 'A', 'B', 'A', 'B']);
/** B comes in between once more, and the mutex makes it wait. */
export const mutexStates: readonly Shared[] = play(locked, ['A', 'A', 'B', 'A', 'A', 'A', 'B', 'B', 'B', 'B', 'B']);

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const text = (x: number, y: number, classes: string, words: string | number) =>
  `<text class="${classes}" x="${x}" y="${y}">${escaped(String(words))}</text>`;

/**
 * The inside of an SVG with the viewBox `0 0 296 ${sharedHeight(program)}`. `label` gives the words: stock, mutex, free, copy, waits, and
 * the names of the instructions.
 */
export function drawShared(state: Shared, program: readonly Instruction[], label: (name: string) => string): string {
  const mutex = program.includes('lock');
  const top = 76;
  const lines = program.length * 24;
  const thread = (name: Thread, x: number) => {
    const { next, copy, waits } = state.threads[name];
    const active = state.did?.thread === name;
    const done = (at: number) => at < next;
    return [
      `<rect class="f-process${active ? ' active' : ''}" x="${x}" y="${top}" width="138" height="${lines + 74}" rx="10"/>`,
      text(x + 10, top + 20, 'f-strong f-process-text', `${label('thread')} ${name}`),
      ...program.map((instruction, at) => {
        const just = active && state.did?.instruction === instruction && (waits ? at === next : at === next - 1);
        const y = top + 44 + at * 24;
        const mark = waits && at === next ? '…' : done(at) ? '✓' : '·';
        return (
          (just ? `<rect class="just" x="${x + 5}" y="${y - 15}" width="128" height="21" rx="4"/>` : '') +
          text(x + 12, y, done(at) || just ? 'f-strong' : 'f-muted', mark) +
          text(x + 28, y, done(at) || just ? '' : 'f-muted', label(instruction))
        );
      }),
      text(x + 10, top + lines + 56, 'f-muted', label('copy')),
      text(x + 128, top + lines + 56, 'f-code f-strong f-end', copy ?? '-'),
      waits ? text(x + 128, top + 20, 'f-limit-text f-strong f-end', label('waits')) : '',
    ].join('');
  };
  return [
    `<rect class="f-kernel" x="${mutex ? 2 : 79}" y="4" width="138" height="52"/>`,
    text(mutex ? 12 : 89, 35, 'f-strong', label('stock')),
    text(mutex ? 130 : 207, 37, 'f-code f-strong f-end big', state.stock),
    mutex
      ? `<rect class="mutex${state.holder ? ' held' : ''}" x="156" y="4" width="138" height="52"/>` +
        text(166, 35, 'f-strong', label('mutex')) +
        text(284, 35, `f-end ${state.holder ? 'f-code f-strong' : 'f-muted'}`, state.holder ?? label('free'))
      : '',
    thread('A', 2),
    thread('B', 156),
  ].join('');
}

/** Height of the drawing for a program. */
export const sharedHeight = (program: readonly Instruction[]): number => 76 + program.length * 24 + 78;
