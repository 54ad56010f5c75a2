/**
 * Which kernel answers the system calls of a service, and who else it answers? A place is a pile of layers under three services. A call goes
 * down to the first layer that answers calls, and no further by itself. The places are those of the primary sources that the lesson names.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text } from './drawing/svg.ts';

export const services = ['market', 'talk', 'thumb'] as const;

export interface Layer {
  /** Names its label. */
  name: 'kernel' | 'host-kernel' | 'vm-kernel' | 'our-kernel' | 'mac-kernel' | 'sentry' | 'hypervisor';
  /** One for each service, or one for all of them. */
  per: 'service' | 'all';
}

export interface Place {
  id: string;
  /** Do the services run in containers? */
  containers: boolean;
  /** What the border of a virtual machine is around, together with the first layer. */
  vm: 'none' | 'each' | 'all';
  /** From under the services down to the hardware. */
  layers: readonly Layer[];
}

const all = (name: Layer['name']): Layer => ({ name, per: 'all' });
const each = (name: Layer['name']): Layer => ({ name, per: 'service' });

export const places: readonly Place[] = [
  { id: 'process', containers: false, vm: 'none', layers: [all('host-kernel')] },
  { id: 'container', containers: true, vm: 'none', layers: [all('host-kernel')] },
  { id: 'vm', containers: false, vm: 'each', layers: [each('kernel'), all('hypervisor'), all('host-kernel')] },
  { id: 'cloud', containers: true, vm: 'all', layers: [all('our-kernel'), all('hypervisor')] },
  { id: 'desktop', containers: true, vm: 'all', layers: [all('vm-kernel'), all('hypervisor'), all('mac-kernel')] },
  { id: 'apple', containers: true, vm: 'each', layers: [each('kernel'), all('hypervisor'), all('mac-kernel')] },
  { id: 'microvm', containers: true, vm: 'each', layers: [each('kernel'), all('hypervisor'), all('host-kernel')] },
  { id: 'gvisor', containers: true, vm: 'none', layers: [each('sentry'), all('host-kernel')] },
];

/** The first layer on the way down that answers system calls: a kernel, or a program that does the work of one. */
export function answering({ id, layers }: Place): Layer {
  const found = layers.find(({ name }) => name !== 'hypervisor');
  if (!found) throw new Error(`nobody answers in ${id}`);
  return found;
}

/** The services that are answered by the same kernel as `service`, itself included. */
export const answeredTogether = (place: Place, service: string): readonly string[] =>
  answering(place).per === 'all' ? services : [service];

const appHeight = 26;
const layerHeight = 26;
const way = 18; // from a service down to the one that answers
const gap = 7;

export interface Spot {
  x: number;
  y: number;
  width: number;
}

/** A place with `apps` on top. Who answers the last of them has a thick border. */
export function pile(place: Place, apps: readonly string[], { x, y, width }: Spot, label: Label): string {
  const edge = 10;
  const between = 14;
  const column = (width - 2 * edge - between * (apps.length - 1)) / apps.length;
  const left = (at: number) => Math.round(x + edge + at * (column + between));
  const middle = (at: number) => Math.round(left(at) + column / 2);
  const first = y + appHeight + way;
  const last = apps.length - 1;
  const top = (at: number) => first + at * (layerHeight + gap);

  const box = (layer: Layer, boxX: number, boxY: number, boxWidth: number, now: boolean) => {
    const draw = layer.name === 'sentry' ? processBox : kernelBox;
    const plain = draw(boxX, boxY, boxWidth, layerHeight);
    return now ? plain.replace('class="', 'class="f-now ') : plain;
  };
  const layers = place.layers.map((layer, at) => {
    const answers = layer === answering(place);
    if (layer.per === 'all')
      return [
        box(layer, x + 4, top(at), width - 8, answers),
        text(Math.round(x + width / 2), top(at) + 17, `f-middle${answers ? ' f-strong' : ''}`, label(layer.name)),
      ].join('');
    return apps
      .map((_, of) =>
        [
          box(layer, left(of), top(at), column, answers && of === last),
          text(middle(of), top(at) + 17, `f-middle${answers && of === last ? ' f-strong' : ''}`, label(layer.name)),
        ].join(''),
      )
      .join('');
  });
  const floor = top(place.layers.length);
  const frame = (from: number, frameWidth: number) =>
    `<rect class="f-line" x="${from}" y="${y - 8}" width="${frameWidth}" height="${first + layerHeight - y + 12}"/>`;

  return [
    place.vm === 'all' ? frame(x, width) : '',
    ...(place.vm === 'each' ? apps.map((_, at) => frame(left(at) - 6, column + 12)) : []),
    ...apps.map((app, at) =>
      [
        place.containers
          ? `<rect class="f-marked f-of-process" x="${left(at) - 3}" y="${y - 4}" width="${column + 6}" height="${appHeight + 8}" rx="14"/>`
          : '',
        processBox(left(at), y, column, appHeight),
        text(middle(at), y + 17, 'f-code f-middle', app),
      ].join(''),
    ),
    ...layers,
    line('f-line', `M${middle(last)} ${y + appHeight + (place.containers ? 5 : 1)}V${first - 5}`),
    `<path class="f-head" d="M${middle(last) - 4} ${first - 8}l4 7l4 -7z"/>`,
    `<rect class="f-metal" x="${x + 4}" y="${floor}" width="${width - 8}" height="20"/>`,
    text(Math.round(x + width / 2), floor + 14, 'f-middle f-muted', label('hardware')),
  ].join('');
}

/** Where the hardware of the highest pile ends, for a pile that begins at `y`. */
export const pileEnd = (y: number, layers: number): number => y + appHeight + way + layers * (layerHeight + gap) + 20;

const pileTop = 38;
const deepest = Math.max(...places.map(({ layers }) => layers.length));

function draw(place: Place, label: Label): string {
  const below = pileEnd(pileTop, deepest) + 24;
  return drawing(
    below + 26,
    text(1, 14, 'f-strong', label(place.id)),
    // All stand on the same floor: a pile with fewer layers begins lower.
    pile(
      place,
      services,
      { x: 1, y: pileTop + pileEnd(0, deepest) - pileEnd(0, place.layers.length), width: 294 },
      label,
    ),
    text(1, below, 'f-kernel-text f-strong', label('together')),
    text(1, below + 20, 'f-code', answeredTogether(place, 'thumb').join(', ')),
  );
}

export const figure: StepFigure<Place> = { states: places, draw };
