/**
 * A mark-and-sweep collector on a small heap: it marks what can be reached from the roots, and sweeps away the rest (V8's major collector
 * decides in the same way, https://v8.dev/blog/trash-talk). The collector knows references only; that a request is over, it cannot know.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

export type Reference = readonly [from: string, to: string];

export interface Heap {
  /** Where marking begins: not objects, and never swept. */
  roots: readonly string[];
  objects: readonly string[];
  references: readonly Reference[];
}

/** Everything that can be reached from the roots, over any number of references. */
export function mark({ roots, references }: Heap): ReadonlySet<string> {
  const marked = new Set<string>();
  const toVisit = [...roots];
  for (let from = toVisit.pop(); from !== undefined; from = toVisit.pop())
    for (const [holder, held] of references) {
      if (holder !== from || marked.has(held)) continue;
      marked.add(held);
      toVisit.push(held);
    }
  return marked;
}

/** The heap without the objects that have no mark, and without their references. */
export function sweep(heap: Heap, marked: ReadonlySet<string>): Heap {
  return {
    roots: heap.roots,
    objects: heap.objects.filter((object) => marked.has(object)),
    references: heap.references.filter(([from]) => heap.roots.includes(from) || marked.has(from)),
  };
}

type Moment = 'start' | 'arrive' | 'return' | 'cache' | 'listener' | 'timer' | 'mark' | 'sweep' | 'let-go';

export interface State extends Heap {
  moment: Moment;
  /** What marking has reached; null while the collector does not run. */
  marked: ReadonlySet<string> | null;
  /** What this step swept away. */
  swept: readonly string[];
  /** Objects left after each collection so far. */
  floors: readonly number[];
}

const requestOf = (number: number): string => `request${number}`;
const bodyOf = (number: number): string => `body${number}`;

/** How a request that is over is still held: by a reference from something that lives on, through a closure or without one. */
const holders: Record<'cache' | 'listener' | 'timer', readonly [number, Reference, ...Reference[]]> = {
  cache: [2, ['cache', requestOf(2)]],
  listener: [3, ['settings', 'listener'], ['listener', requestOf(3)]],
  timer: [4, ['timers', 'callback'], ['callback', requestOf(4)]],
};

const same = ([a, b]: Reference, [c, d]: Reference) => a === c && b === d;
const quiet = { marked: null, swept: [] };

/** A request with its body, held by these references. */
function take(state: State, moment: Moment, number: number, held: readonly Reference[]): State {
  const closures = held.map(([, to]) => to).filter((to) => to !== requestOf(number));
  return {
    ...state,
    ...quiet,
    moment,
    objects: [...state.objects, ...closures, requestOf(number), bodyOf(number)],
    references: [...state.references, ...held, [requestOf(number), bodyOf(number)]],
  };
}

const drop = (state: State, moment: Moment, gone: readonly Reference[]): State => ({
  ...state,
  ...quiet,
  moment,
  references: state.references.filter((one) => !gone.some((other) => same(one, other))),
});

/** The references that each kind of leak would have had to let go of: one each. */
export const toLetGo: readonly Reference[] = Object.values(holders).map(([, reference]) => reference);

/** The state after the next step. */
export function step(state: State, moment: Moment): State {
  switch (moment) {
    case 'start':
      return state;
    case 'arrive':
      return take(state, moment, 1, [['stack', requestOf(1)]]);
    case 'return':
      return drop(state, moment, [['stack', requestOf(1)]]);
    case 'cache':
    case 'listener':
    case 'timer': {
      const [number, ...held] = holders[moment];
      return take(state, moment, number, held);
    }
    case 'mark':
      return { ...state, ...quiet, moment, marked: mark(state) };
    case 'sweep': {
      const left = sweep(state, state.marked ?? mark(state));
      const swept = state.objects.filter((object) => !left.objects.includes(object));
      return { ...left, moment, marked: null, swept, floors: [...state.floors, left.objects.length] };
    }
    case 'let-go':
      return drop(state, moment, toLetGo);
  }
}

const start: State = {
  ...quiet,
  moment: 'start',
  roots: ['stack', 'module', 'timers'],
  objects: ['cache', 'settings'],
  references: [
    ['module', 'cache'],
    ['module', 'settings'],
  ],
  floors: [],
};
const moments: readonly Moment[] = [
  ...(['arrive', 'return', 'mark', 'sweep'] as const),
  ...(['cache', 'listener', 'timer', 'mark', 'sweep'] as const),
  ...(['let-go', 'mark', 'sweep'] as const),
];
export const states: State[] = [start];
for (const moment of moments) states.push(step(states.at(-1) ?? start, moment));

const width = 66;
const height = 26;
const left = (column: number) => 1 + column * 76;
const top = (row: number) => 42 + row * 46;

/** Column and row of everything, and the words in its box: a label of the data file, or a name as in a program. */
const places: Record<string, readonly [column: number, row: number, label: string]> = {
  stack: [0, 0, 'stack'],
  module: [1, 0, 'module'],
  timers: [3, 0, 'timers'],
  cache: [1, 1, 'cache'],
  settings: [2, 1, 'settings'],
  listener: [2, 2, 'listener'],
  callback: [3, 2, 'callback'],
};
for (const number of [1, 2, 3, 4]) {
  places[requestOf(number)] = [number - 1, 3, 'request'];
  places[bodyOf(number)] = [number - 1, 4, 'body'];
}
const placeOf = (name: string) => places[name] ?? [0, 0, name];

function box(name: string, kinds: string, words: string, sign = ''): string {
  const [column, row] = placeOf(name);
  const wide = name === 'module' ? 2 * width + 10 : width;
  const [x, y] = [left(column), top(row)];
  return [
    `<rect class="${kinds}" x="${x}" y="${y}" width="${wide}" height="${height}" rx="4"/>`,
    text(x + wide / 2, y + 17, 'f-middle', words),
    sign && text(x + wide - 3, y - 2, `${sign === '✓' ? 'f-ok' : 'f-fail'} f-strong f-end`, sign),
  ].join('');
}

function arrow([from, to]: Reference, kind: string): string {
  const [column, row] = placeOf(to);
  const x = left(column) + width / 2;
  const [begin, end] = [top(placeOf(from)[1]) + height, top(row)];
  const head = `<path class="f-arrow" d="M${x - 4} ${end - 7}h8l-4 7z"/>`;
  return line(`f-line ${kind}`, `M${x} ${begin}V${end - 6}`) + head;
}

/** What the program does in this step, as it would be written; empty where it is not the program's doing. */
const calls: Partial<Record<Moment, string>> = {
  cache: 'cache.set(2, request)',
  listener: "settings.on('change', listener)",
  timer: 'setInterval(callback, 60_000)',
  'let-go': 'delete() · off() · clearInterval()',
};

function draw(state: State, label: Label): string {
  const { moment, marked, swept, objects, references, floors } = state;
  const call = calls[moment];
  const numberOf = (name: string) => /\d$/.exec(name)?.[0] ?? '';
  const wordsOf = (name: string) => `${label(placeOf(name)[2])} ${numberOf(name)}`.trim();
  // What a collection left though its request is over: of the objects, only the first two are still of use.
  const useless = (name: string) => moment === 'sweep' && !start.objects.includes(name);
  const kindOf = (name: string) => (useless(name) ? ' f-refused' : marked?.has(name) ? ' f-met' : '');
  const held = (one: Reference) => (moment === 'sweep' && toLetGo.some((other) => same(one, other)) ? 'f-refused' : '');
  const newest = moment === 'arrive' ? 1 : moment in holders ? holders[moment as keyof typeof holders][0] : 0;
  const isNew = ([, to]: Reference) =>
    numberOf(to) === `${newest}` || to === moment || (moment === 'timer' && to === 'callback');
  return drawing(
    top(4) + height + 40,
    text(1, 14, `${call ? 'f-code ' : ''}f-strong`, call ?? label(moment)),
    text(1, 35, 'f-muted', label('roots')),
    ...references.map((one) => arrow(one, held(one) || (isNew(one) ? 'f-now' : marked?.has(one[1]) ? 'f-met' : ''))),
    ...state.roots.map((root) => box(root, 'f-metal', label(root))),
    ...objects.map((name) =>
      box(name, `f-process${kindOf(name)}`, wordsOf(name), useless(name) ? '✕' : marked?.has(name) ? '✓' : ''),
    ),
    ...swept.map((name) => box(name, 'f-free', wordsOf(name))),
    text(1, top(4) + height + 20, '', `${label('heap')}: ${objects.length}`),
    floors.length > 0 ? text(1, top(4) + height + 37, 'f-strong', `${label('floors')}: ${floors.join(' → ')}`) : '',
  );
}

export const figure: StepFigure<State> = { states, draw };
