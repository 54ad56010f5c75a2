/**
 * A build with a cache. A step comes from the cache only if everything above it did, its own text is the same, and the files that it copies
 * have the same content (docs.docker.com/build/cache/invalidation): so its key is made of the key above, its text and those contents.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

export const inputs = ['base', 'package', 'source'] as const;
export type Input = (typeof inputs)[number];
/** What each input holds, as far as the figure tells: its version. */
export type Contents = Readonly<Record<Input, number>>;

export interface Instruction {
  readonly words: string;
  readonly reads: readonly Input[];
}

const from: Instruction = { words: 'FROM node:24', reads: ['base'] };
const all: Instruction = { words: 'COPY . .', reads: ['package', 'source'] };
const install: Instruction = { words: 'RUN npm ci', reads: [] };
const compile: Instruction = { words: 'RUN npm run build', reads: [] };

export const orders = {
  careless: [from, all, install, compile],
  careful: [from, { words: 'COPY package*.json ./', reads: ['package'] }, install, all, compile],
} as const satisfies Record<string, readonly Instruction[]>;
export type Order = keyof typeof orders;

export interface Built {
  /** For each instruction of the order: whether it came from the cache. */
  reused: readonly boolean[];
  /** The keys that are in the cache afterwards. */
  cache: ReadonlySet<string>;
}

/** Builds an order with these contents and this cache. */
export function build(order: Order, contents: Contents, cache: ReadonlySet<string>): Built {
  const after = new Set(cache);
  let key = '';
  const reused = orders[order].map(({ words, reads }) => {
    key = JSON.stringify([key, words, ...reads.map((input) => contents[input])]);
    const found = cache.has(key);
    after.add(key);
    return found;
  });
  return { reused, cache: after };
}

export interface State {
  order: Order;
  /** Names the label that says what was done before this build. */
  event: 'first' | 'same' | 'source' | 'package' | 'base' | 'ignored';
  contents: Contents;
  changed: Input | undefined;
  reused: readonly boolean[];
}

const start: Contents = { base: 1, package: 1, source: 1 };

/** A build after a first one, with one input changed in between, or none. */
export function rebuild(order: Order, event: State['event'], changed?: Input): State {
  const first = build(order, start, new Set());
  if (event === 'first') return { order, event, contents: start, changed: undefined, reused: first.reused };
  const contents = changed ? { ...start, [changed]: 2 } : start;
  return { order, event, contents, changed, reused: build(order, contents, first.cache).reused };
}

const states: readonly State[] = [
  rebuild('careless', 'first'),
  rebuild('careless', 'same'),
  rebuild('careless', 'source', 'source'),
  rebuild('careful', 'first'),
  rebuild('careful', 'source', 'source'),
  rebuild('careful', 'package', 'package'),
  rebuild('careful', 'base', 'base'),
  // What .dockerignore keeps out is no input of any step.
  rebuild('careful', 'ignored'),
];

const names: Record<Input, string> = { base: 'node:24', package: 'package.json', source: 'server.js' };
const cards: Record<Input, { x: number; width: number }> = {
  base: { x: 1, width: 80 },
  package: { x: 89, width: 112 },
  source: { x: 209, width: 86 },
};

function card({ contents, changed }: State, input: Input): string {
  const { x, width } = cards[input];
  const kinds = changed === input ? 'f-line f-now' : 'f-line';
  return (
    line(kinds, `M${x} 44h${width}v40h-${width}z`) +
    text(x + 8, 61, 'f-code f-strong', names[input]) +
    text(x + 8, 77, changed === input ? 'f-strong' : 'f-muted', `v${contents[input]}`)
  );
}

const rowTop = (at: number) => 104 + at * 38;
const left = 15;
const width = 184;

/** An instruction as a plate of the image, and where it came from. */
function row({ order, reused }: State, at: number, label: Label): string {
  const y = rowTop(at);
  const kept = reused[at] === true;
  return (
    line(kept ? 'f-metal' : 'f-line f-now', `M${left} ${y}h${width}v28h-${width}z`) +
    text(left + 10, y + 18.5, kept ? 'f-code' : 'f-code f-strong', orders[order][at]?.words ?? '') +
    text(
      left + width + 11,
      y + 18.5,
      kept ? 'f-muted' : 'f-strong f-process-text',
      kept ? `✓ ${label('cache')}` : `▸ ${label('runs')}`,
    )
  );
}

function draw(state: State, label: Label): string {
  const { order, event, reused } = state;
  const count = reused.length;
  const ran = reused.filter((one) => !one).length;
  // From the first step that runs, everything below runs too: the line along them.
  const first = reused.indexOf(false);
  const tallest = orders.careful.length;
  return drawing(
    rowTop(tallest) + 22,
    text(1, 14, 'f-strong', label(order)),
    text(1, 32, '', label(event)),
    ...inputs.map((input) => card(state, input)),
    ran > 0 ? line('f-line f-now', `M5 ${rowTop(first)}V${rowTop(count - 1) + 28}`) : '',
    ...reused.map((_, at) => row(state, at, label)),
    text(left, rowTop(tallest) + 16, 'f-strong', `${label('ran')} ${ran} / ${count}`),
  );
}

export const figure: StepFigure<State> = { states, draw };
