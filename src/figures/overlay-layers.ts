/**
 * Layers of an image, the layer for writes on top, and what all of them are together. The rules are those of overlayfs
 * (https://docs.kernel.org/filesystems/overlayfs.html): the topmost entry of a name counts, a change copies the whole file up first, what is
 * removed while a layer below has it leaves a whiteout, and layers below are never written to.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text } from './drawing/svg.ts';

export type Entry = { readonly content: string } | 'whiteout';
export type Layer = ReadonlyMap<string, Entry>;

export interface Stack {
  /** The layers of the image, the lowest first. Nobody writes to them. */
  image: readonly Layer[];
  /** The layer for writes; undefined while there is no container. */
  upper: Layer | undefined;
}

export const empty: Stack = { image: [], upper: undefined };

const allLayers = ({ image, upper }: Stack): readonly Layer[] => (upper ? [...image, upper] : image);

/** The topmost entry of a name in these layers, and in which layer it is, counted from below. */
function topmost(layers: readonly Layer[], name: string): { entry: Entry; at: number } | undefined {
  const at = layers.findLastIndex((layer) => layer.has(name));
  const entry = layers[at]?.get(name);
  return entry === undefined ? undefined : { entry, at };
}

/** The file that a program gets when it opens this name, and the layer it is in; undefined where it sees none. */
export function find(stack: Stack, name: string): { content: string; at: number } | undefined {
  const found = topmost(allLayers(stack), name);
  return found && found.entry !== 'whiteout' ? { content: found.entry.content, at: found.at } : undefined;
}

/** All names that a program sees, sorted. Whiteouts are not among them. */
export function seen(stack: Stack): string[] {
  const names = new Set(allLayers(stack).flatMap((layer) => [...layer.keys()]));
  return [...names].filter((name) => find(stack, name)).sort();
}

/** A container from this image: a new, empty layer for writes. What the one before it wrote is not there. */
export const start = ({ image }: Stack): Stack => ({ image, upper: new Map() });

function changed(stack: Stack, name: string, entry: Entry | undefined): Stack {
  if (!stack.upper) throw new Error('there is no layer for writes');
  const upper = new Map(stack.upper);
  if (entry === undefined) upper.delete(name);
  else upper.set(name, entry);
  return { ...stack, upper };
}

/** A new file, or a new content for all of an old one. */
export const write = (stack: Stack, name: string, content: string): Stack => changed(stack, name, { content });

/** The whole file, as it is, into the layer for writes. Nothing happens where it is there already. */
export function copyUp(stack: Stack, name: string): Stack {
  const found = find(stack, name);
  if (!found) throw new Error(`there is no ${name}`);
  return found.at === stack.image.length ? stack : write(stack, name, found.content);
}

/** Adds to a file: first comes the copy. */
export function append(stack: Stack, name: string, more: string): Stack {
  const copied = copyUp(stack, name);
  return write(copied, name, `${find(copied, name)?.content ?? ''}${more}`);
}

/** `rm`: a whiteout where a layer below shows the file, and else nothing is left of it. */
export function remove(stack: Stack, name: string): Stack {
  if (!find(stack, name)) throw new Error(`there is no ${name}`);
  const below = topmost(stack.image, name);
  return changed(stack, name, below && below.entry !== 'whiteout' ? 'whiteout' : undefined);
}

/** The layer for writes becomes the top layer of a new image. This is how a build makes layers. */
export function commit({ image, upper }: Stack): Stack {
  if (!upper) throw new Error('there is no layer for writes');
  return { image: [...image, upper], upper: undefined };
}

export interface State {
  stack: Stack;
  /** What was just typed, or stands in the Dockerfile. */
  command: string;
  /** The file that this step is about. */
  about: string | undefined;
}

const copied = [...Object.entries({ node: 'v24', conf: 'a', docs: 'x', '.env': 'KEY' })];
const first = commit(copied.reduce((stack, [name, content]) => write(stack, name, content), start(empty)));
const second = commit(remove(start(first), '.env'));
const container = start(second);
const withCopy = copyUp(container, 'conf');
const withChange = append(container, 'conf', 'b');
const withWhiteout = remove(withChange, 'docs');

export const overlayStates: readonly State[] = [
  { stack: first, command: 'COPY . .', about: undefined },
  { stack: second, command: 'RUN rm .env', about: '.env' },
  { stack: container, command: '$ docker run market-api', about: undefined },
  { stack: container, command: '$ cat conf', about: 'conf' },
  { stack: withCopy, command: '$ echo b >> conf', about: 'conf' },
  { stack: withChange, command: '$ echo b >> conf', about: 'conf' },
  { stack: withWhiteout, command: '$ rm docs', about: 'docs' },
  { stack: start(withWhiteout), command: '$ docker run market-api  # again', about: undefined },
];

const columns = ['node', 'conf', 'docs', '.env'] as const;
const middleOf = (column: number) => 104 + column * 54;
/** Baseline of the box of what is seen, of the layer for writes, and of the layers of the image from above. */
const seenAt = 56;
const rowsAt = [122, 172, 222] as const;

/** One layer as a plate, or a dotted line around the place where there is none. */
function plate(layer: Layer | undefined, y: number, writable: boolean, about: string | undefined): string {
  const outline = `M76 ${y - 24}h218v38h-218z`;
  const sheet = !layer ? line('f-free', outline) : writable ? kernelBox(76, y - 24, 218, 38) : line('f-metal', outline);
  const cells = columns.map((name, column) => {
    const entry = layer?.get(name);
    const x = middleOf(column);
    if (entry === undefined) return '';
    const frame = name === about ? line('f-due', `M${x - 23} ${y - 19}h46v28h-46z`) : '';
    if (entry === 'whiteout') return `${frame}${text(x, y, 'f-middle f-fail f-strong', '✕')}`;
    return `${frame}${text(x, y, 'f-code f-middle f-strong', entry.content)}`;
  });
  return sheet + cells.join('');
}

function draw({ stack, command, about }: State, label: Label): string {
  const layers = [stack.upper, stack.image[1], stack.image[0]];
  // From what is seen down to the layer that it comes from, between the boxes only.
  const sight = columns.flatMap((name, column) => {
    const found = find(stack, name);
    const row = found ? [2, 1, 0][found.at] : undefined;
    if (row === undefined) return [];
    const x = middleOf(column);
    const kind = name === about ? 'f-due' : 'f-line';
    return rowsAt.slice(0, row + 1).map((y, at) => {
      const from = at === 0 ? seenAt + 14 : (rowsAt[at - 1] ?? 0) - 24;
      return line(kind, `M${x} ${from}V${y - 24}`);
    });
  });
  const side = (y: number, strong: string, muted: string) =>
    text(0, y - 7, 'f-strong', label(strong)) + text(0, y + 9, 'f-muted', label(muted));
  return drawing(
    272,
    ...columns.map((name, column) => text(middleOf(column), 20, 'f-code f-middle f-muted', name)),
    processBox(76, 30, 218, 40),
    text(0, seenAt, 'f-strong f-process-text', label('seen')),
    ...columns.map((name, column) => {
      const found = find(stack, name);
      return text(middleOf(column), seenAt, `f-code f-middle ${found ? 'f-strong' : 'f-muted'}`, found?.content ?? '–');
    }),
    ...layers.map((layer, at) => plate(layer, rowsAt[at] ?? 0, at === 0, about)),
    ...sight,
    side(rowsAt[0], 'upper', stack.upper ? 'writable' : 'none'),
    side(rowsAt[1], 'second', stack.image[1] ? 'readOnly' : 'none'),
    side(rowsAt[2], 'first', 'readOnly'),
    text(76, 260, 'f-code f-strong', command),
  );
}

export const figure: StepFigure<State> = { states: overlayStates, draw };
