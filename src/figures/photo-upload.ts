/**
 * An upload server and the kernel: which calls cross the border, and where the bytes are after each. The rules are those of the manual
 * pages: accept and open give the lowest free number (open(2)), read takes what has arrived (read(2)), write leaves bytes in the page
 * cache and says nothing about the disk (write(2)), close gives the number back (close(2)).
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text, ticket } from './drawing/svg.ts';

/** The names that tickets stand for. */
type Target = 'listener' | 'connection' | 'photo.jpg';

/** How many pieces of the photo are where. */
interface Pieces {
  network: number;
  memory: number;
  cache: number;
  disk: number;
}

export type Operation =
  | { call: 'wait' }
  | { call: 'accept4' }
  | { call: 'read'; from: number }
  | { call: 'openat' }
  | { call: 'write'; to: number }
  | { call: 'close'; number: number }
  | { call: 'writev'; to: number }
  | { call: 'flush' };

export interface State {
  tickets: ReadonlyMap<number, Target>;
  pieces: Pieces;
  operation: Operation;
  /** The request is with the kernel, and the server waits for its answer. */
  asked: boolean;
  /** The answer: a ticket, an amount of bytes, or 0. */
  result: number;
  /** Calls so far. */
  calls: number;
}

/** Bytes in one piece of the photo, as in the trace of the lesson. */
export const pieceBytes = 65_536;
/** Bytes of the reply, likewise. */
const replyBytes = 127;

const first: State = {
  tickets: new Map([[19, 'listener']]),
  pieces: { network: 2, memory: 0, cache: 0, disk: 0 },
  operation: { call: 'wait' },
  asked: false,
  result: 0,
  calls: 0,
};

/** One piece moved from a place to another; throws where there is none, which the figure never has. */
function moved(pieces: Pieces, from: keyof Pieces, to: keyof Pieces): Pieces {
  if (pieces[from] === 0) throw new Error(`no piece in ${from}`);
  return { ...pieces, [from]: pieces[from] - 1, [to]: pieces[to] + 1 };
}

/** Gives out the lowest free number above the ones that Node holds itself (0 to 18). */
function given(tickets: State['tickets'], target: Target): [ReadonlyMap<number, Target>, number] {
  let number = 19;
  while (tickets.has(number)) number++;
  return [new Map([...tickets, [number, target]]), number];
}

/** The state after an operation; throws for a ticket that is not there. */
export function apply(state: State, operation: Operation): State {
  const { tickets, pieces } = state;
  const next = { ...state, operation, asked: false, result: 0, calls: state.calls + 1 };
  const must = (number: number) => {
    if (!tickets.has(number)) throw new Error(`ticket ${number} is not there`);
  };
  switch (operation.call) {
    case 'wait':
      return first;
    case 'accept4':
    case 'openat': {
      const [held, result] = given(tickets, operation.call === 'openat' ? 'photo.jpg' : 'connection');
      return { ...next, tickets: held, result };
    }
    case 'read':
      must(operation.from);
      return { ...next, pieces: moved(pieces, 'network', 'memory'), result: pieceBytes };
    case 'write':
      must(operation.to);
      return { ...next, pieces: moved(pieces, 'memory', 'cache'), result: pieceBytes };
    case 'close':
      must(operation.number);
      return { ...next, tickets: new Map([...tickets].filter(([number]) => number !== operation.number)) };
    case 'writev':
      must(operation.to);
      return { ...next, result: replyBytes };
    case 'flush':
      // Nobody asked: no call, and nothing crosses the border.
      return { ...next, calls: state.calls, pieces: { ...pieces, cache: 0, disk: pieces.disk + pieces.cache } };
  }
}

/** The moment before the answer: the request has crossed, nothing is done yet. */
export function ask(state: State, operation: Operation): State {
  return { ...state, operation, asked: true, calls: state.calls + 1 };
}

const operations: readonly Operation[] = [
  { call: 'accept4' },
  { call: 'read', from: 20 },
  { call: 'openat' },
  { call: 'write', to: 21 },
  { call: 'read', from: 20 },
  { call: 'write', to: 21 },
  { call: 'close', number: 21 },
  { call: 'writev', to: 20 },
  { call: 'flush' },
];

// The first call is shown twice: at the counter, and with its answer.
const states: State[] = [first, ask(first, { call: 'accept4' })];
for (const operation of operations)
  states.push(apply(states.length === 2 ? first : (states.at(-1) ?? first), operation));

/** The call as strace writes it. */
function callText({ operation, result, asked }: State, label: Label): string {
  const answer = asked ? '' : ` = ${result}`;
  switch (operation.call) {
    case 'wait':
    case 'flush':
      return label(operation.call);
    case 'accept4':
      return `accept4(19)${answer}`;
    case 'openat':
      return `openat("photo.jpg")${answer}`;
    case 'read':
      return `read(${operation.from})${answer}`;
    case 'close':
      return `close(${operation.number})${answer}`;
    default:
      return `${operation.call}(${operation.to})${answer}`;
  }
}

const network = { y: 52, name: 'network' } as const;
const cache = { y: 108, name: 'cache' } as const;
const disk = { y: 182, name: 'disk' } as const;

/** Where on the border a call crosses: at the height of the part of the kernel that serves it. */
function crossingAt({ operation }: State): number | undefined {
  if (operation.call === 'wait' || operation.call === 'flush') return undefined;
  const ofFiles = ['openat', 'write', 'close'].includes(operation.call);
  return (ofFiles ? cache.y : network.y) + 22;
}

const squares = (x: number, y: number, count: number, kinds: string) =>
  Array.from({ length: count }, (_, at) => line(kinds, `M${x + at * 20} ${y}h15v12h-15z`)).join('');

function crossing(state: State): string {
  const y = crossingAt(state);
  if (y === undefined) return '';
  const there = line('f-line', `M112 ${y - 5}H166`) + line('f-arrow', `M164 ${y - 9.5}l8 4.5l-8 4.5z`);
  const back = line('f-line f-now', `M170 ${y + 8}H118`) + line('f-arrow', `M120 ${y + 3.5}l-8 4.5l8 4.5z`);
  return state.asked ? there : there + back;
}

function draw(state: State, label: Label): string {
  const { tickets, pieces, operation, asked, calls } = state;
  const inKernel = asked || operation.call === 'flush';
  const plain = operation.call === 'wait' || operation.call === 'flush';
  const changed = operation.call === 'accept4' || operation.call === 'openat' ? state.result : -1;
  return drawing(
    254,
    text(1, 14, `${plain ? '' : 'f-code '}f-strong`, callText(state, label)),
    processBox(1, 26, 110, 186),
    text(11, 44, 'f-strong', label('server')),
    ...[...tickets].map(([number, target], at) => {
      const y = 54 + at * 26;
      const name = target === 'photo.jpg' ? text(50, y + 14, 'f-code', 'photo') : text(50, y + 14, '', label(target));
      const kind = number === changed && !asked ? 'f-of-process f-now' : 'f-of-process';
      return ticket(9, y, 34, kind) + text(26, y + 14, 'f-code f-strong f-middle', `${number}`) + name;
    }),
    text(11, 154, 'f-muted', label('memory')),
    squares(11, 164, pieces.memory, 'f-piece'),
    line('f-limit', 'M141 22V216'),
    kernelBox(171, 26, 124, 136),
    text(179, 44, 'f-strong', label('kernel')),
    ...[network, cache, disk].map(({ y, name }) =>
      [
        name === 'disk' ? line('f-metal', `M171 ${y}h124v38h-124z`) : kernelBox(179, y, 108, 46),
        text(186, y + 15, 'f-muted', label(name)),
        squares(187, y + (name === 'disk' ? 21 : 25), pieces[name], 'f-piece'),
      ].join(''),
    ),
    crossing(state),
    operation.call === 'flush'
      ? line('f-line f-now', 'M233 156V174') + line('f-arrow', 'M228.5 172l4.5 9l4.5 -9z')
      : '',
    text(1, 232, 'f-muted', label('calls')),
    text(295, 232, 'f-code f-strong f-end', `${calls}`),
    text(1, 250, 'f-muted', label('mode')),
    text(295, 250, 'f-strong f-end', label(inKernel ? 'kernelMode' : 'userMode')),
  );
}

export const figure: StepFigure<State> = { states, draw };
