/**
 * A process's table of descriptors fills up and is emptied. The rules are those of the manual pages: open and dup give the lowest number
 * that is free (open(2), dup(2)), the object goes with its last descriptor (close(2)), no number reaches RLIMIT_NOFILE (getrlimit(2)),
 * and the end of the process closes what is left (_exit(2)).
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text, ticket, ticketHeight } from './drawing/svg.ts';

/** RLIMIT_NOFILE of the process in the figure: its numbers are 0 to 5. */
export const limit = 6;

/** What descriptors refer to, from top to bottom of the drawing. */
const objects = ['terminal', 'app.log', 'photo.jpg', 'order.csv', 'coupon.csv'] as const;
type ObjectName = (typeof objects)[number];

interface Entry {
  object: ObjectName;
  /** The program no longer knows the number, so it will never close it. */
  forgotten: boolean;
}

export type Operation =
  | { call: 'start' }
  | { call: 'open'; object: ObjectName }
  | { call: 'dup'; from: number }
  | { call: 'close'; number: number }
  | { call: 'forget'; number: number }
  | { call: 'exit' };

export interface State {
  /** By number; undefined where the number is free. */
  table: readonly (Entry | undefined)[];
  operation: Operation;
  /** What the call returned: a descriptor, 0, or -1 for EMFILE. */
  result: number;
}

const free = undefined;
const empty: readonly (Entry | undefined)[] = Array.from({ length: limit }, () => free);
const replaced = (table: State['table'], at: number, entry: Entry | undefined) =>
  table.map((one, number) => (number === at ? entry : one));

/** Puts an object at the lowest free number. */
function take(table: State['table'], operation: Operation, object: ObjectName): State {
  const result = table.indexOf(free);
  if (result < 0) return { table, operation, result: -1 };
  return { table: replaced(table, result, { object, forgotten: false }), operation, result };
}

/** The state after an operation; throws for a descriptor that is not open, which the figure never has. */
export function apply({ table }: Pick<State, 'table'>, operation: Operation): State {
  const entryAt = (number: number) => {
    const entry = table[number];
    if (!entry) throw new Error(`descriptor ${number} is not open`);
    return entry;
  };
  switch (operation.call) {
    case 'start': {
      const entry: Entry = { object: 'terminal', forgotten: false };
      return { table: empty.map((_, number) => (number < 3 ? entry : free)), operation, result: 0 };
    }
    case 'open':
      return take(table, operation, operation.object);
    case 'dup':
      return take(table, operation, entryAt(operation.from).object);
    case 'close':
      entryAt(operation.number);
      return { table: replaced(table, operation.number, free), operation, result: 0 };
    case 'forget': {
      const entry = { ...entryAt(operation.number), forgotten: true };
      return { table: replaced(table, operation.number, entry), operation, result: 0 };
    }
    case 'exit':
      return { table: empty, operation, result: 0 };
  }
}

const operations: readonly Operation[] = [
  { call: 'start' },
  { call: 'open', object: 'app.log' },
  { call: 'open', object: 'photo.jpg' },
  { call: 'close', number: 3 },
  { call: 'open', object: 'order.csv' },
  { call: 'dup', from: 4 },
  { call: 'close', number: 4 },
  { call: 'forget', number: 3 },
  { call: 'open', object: 'coupon.csv' },
  { call: 'open', object: 'app.log' },
  { call: 'exit' },
];

const states: State[] = [];
for (const operation of operations) states.push(apply(states.at(-1) ?? { table: empty }, operation));

/** The call as a line of C, or in words where there is no call. */
function callText({ operation, result }: State, label: Label): string {
  switch (operation.call) {
    case 'open':
      return `open("${operation.object}") = ${result < 0 ? '-1 EMFILE' : result}`;
    case 'dup':
      return `dup(${operation.from}) = ${result}`;
    case 'close':
      return `close(${operation.number}) = ${result}`;
    default:
      return label(operation.call);
  }
}

const rowTop = (number: number) => 58 + number * 25;
const objectTop = (at: number) => 58 + at * 31;
const floor = rowTop(limit) + 1;

/** One number of the table: its ticket, and the line to what it refers to. */
function row(entry: Entry | undefined, number: number, changed: boolean): string {
  const y = rowTop(number);
  const middle = y + ticketHeight / 2;
  const digits = text(35, y + 14, `f-code f-middle${entry ? ' f-strong' : ' f-muted'}`, `${number}`);
  if (!entry) return line('f-free', `M14 ${y}h42v${ticketHeight}h-42z`) + digits;
  const kind = entry.forgotten ? 'f-of-fail' : 'f-of-process';
  const to = objectTop(objects.indexOf(entry.object)) + 12;
  return [
    line(changed ? 'f-line f-now' : 'f-line', `M56 ${middle}L182 ${to}`),
    ticket(14, y, 42, changed ? `${kind} f-now` : kind),
    digits,
  ].join('');
}

function draw(state: State, label: Label): string {
  const { table, operation, result } = state;
  const failed = result < 0;
  const alive = operation.call !== 'exit';
  const changed = operation.call === 'open' || operation.call === 'dup' ? result : -1;
  const used = new Set(table.flatMap((entry) => (entry ? [entry.object] : [])));
  const isCode = ['open', 'dup', 'close'].includes(operation.call);
  return drawing(
    258,
    text(1, 14, `${isCode ? 'f-code ' : ''}f-strong${failed ? ' f-fail' : ''}`, callText(state, label)),
    alive ? processBox(1, 26, 128, 226) : line('f-free', 'M1 26h128v226h-128z'),
    text(14, 45, 'f-strong', label(alive ? 'process' : 'ended')),
    text(183, 45, 'f-muted', label('kernel')),
    ...table.map((entry, number) => row(entry, number, number === changed)),
    ...table.map((entry, number) =>
      entry?.forgotten ? text(64, rowTop(number) + 14, 'f-fail f-strong f-halo', label('leak')) : '',
    ),
    ...objects.map((name, at) => {
      if (!used.has(name)) return '';
      const shown = name === 'terminal' ? text(190, objectTop(at) + 16, '', label('terminal')) : '';
      return kernelBox(182, objectTop(at), 113, 24) + (shown || text(190, objectTop(at) + 16, 'f-code', name));
    }),
    line('f-limit', `M1 ${floor + 4}H129`),
    text(14, floor + 21, 'f-code f-limit-text', `ulimit -n ${limit}`),
    failed ? text(14, floor + 36, 'f-code f-strong f-fail', '✕ EMFILE') : '',
  );
}

export const figure: StepFigure<State> = { states, draw };
