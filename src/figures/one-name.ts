/**
 * What a client takes when it pulls a name, and what the kernel then says. A name points at an index, from which the entry of the machine's
 * platform is taken, or at a single image, which is taken as it is (containerd, core/images/image.go). Whether it runs depends on the
 * programs in it and not on what its entry says.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, processBox, text } from './drawing/svg.ts';

export type Platform = 'linux/amd64' | 'linux/arm64';

export interface Image {
  /** What its entry, or its own settings, say. */
  says: Platform;
  /** For which CPU its programs are. */
  holds: Platform;
}

export interface Name {
  index: boolean;
  images: readonly Image[];
}

export interface Machine {
  who: 'server' | 'laptop' | 'graviton';
  platform: Platform;
  /** It has a translator for programs of the other CPU. */
  emulates: boolean;
}

export type Outcome = 'runs' | 'emulated' | 'format' | 'no-match';

/** The image that a machine takes; undefined where an index has none for it. */
export function pull({ index, images }: Name, { platform }: Machine): Image | undefined {
  return index ? images.find(({ says }) => says === platform) : images[0];
}

export function start(image: Image | undefined, { platform, emulates }: Machine): Outcome {
  if (!image) return 'no-match';
  if (image.holds === platform) return 'runs';
  return emulates ? 'emulated' : 'format';
}

export interface State {
  name: Name;
  machine: Machine;
  image: Image | undefined;
  outcome: Outcome;
}

const honest = (platform: Platform): Image => ({ says: platform, holds: platform });
const amd64 = honest('linux/amd64');
const arm64 = honest('linux/arm64');
/** A last stage that is pinned to the platform of the builder. */
const mislabelled: Image = { says: 'linux/arm64', holds: 'linux/amd64' };

const single: Name = { index: false, images: [arm64] };
const both: Name = { index: true, images: [amd64, arm64] };
const half: Name = { index: true, images: [arm64] };
const wrong: Name = { index: true, images: [amd64, mislabelled] };

const server: Machine = { who: 'server', platform: 'linux/amd64', emulates: false };
const laptop: Machine = { who: 'laptop', platform: 'linux/arm64', emulates: true };
const graviton: Machine = { who: 'graviton', platform: 'linux/arm64', emulates: false };

export function meet(name: Name, machine: Machine): State {
  const image = pull(name, machine);
  return { name, machine, image, outcome: start(image, machine) };
}

const states: readonly State[] = [
  meet(single, laptop),
  meet(single, server),
  meet(single, { ...server, emulates: true }),
  meet(half, server),
  meet(both, server),
  meet(both, laptop),
  meet(wrong, laptop),
  meet(wrong, graviton),
];

const slots: Record<Platform, number> = { 'linux/amd64': 2, 'linux/arm64': 154 };
const slotWidth = 140;
const top = 96;

/** An image as stacked plates: what it says it is for, and what is in it. */
function plates(image: Image, taken: boolean, label: Label): string {
  const x = slots[image.says];
  const lies = image.says !== image.holds;
  const kinds = taken ? 'f-line f-now' : 'f-line';
  return (
    line('f-line', `M${x + 6} ${top + 52}v6h${slotWidth - 6}v-52h-6`) +
    line(kinds, `M${x} ${top}h${slotWidth - 6}v52h-${slotWidth - 6}z`) +
    text(x + 9, top + 20, 'f-code f-strong', image.says) +
    text(
      x + 9,
      top + 41,
      lies ? 'f-fail f-strong' : 'f-muted',
      `${label('inside')} ${image.holds.replace('linux/', '')}`,
    )
  );
}

/** The place of a platform that nobody built for. */
function gap(platform: Platform, label: Label): string {
  const x = slots[platform];
  return (
    line('f-free', `M${x} ${top}h${slotWidth - 6}v52h-${slotWidth - 6}z`) +
    text(x + 9, top + 20, 'f-code f-muted', platform) +
    text(x + 9, top + 41, 'f-muted', label('none'))
  );
}

const said: Record<Outcome, string> = {
  runs: '✓',
  emulated: '✓',
  format: '✕ exec format error',
  'no-match': '✕ no matching manifest',
};

function draw({ name, machine, image, outcome }: State, label: Label): string {
  const failed = outcome === 'format' || outcome === 'no-match';
  const middle = (platform: Platform) => slots[platform] + 67;
  const platforms = Object.keys(slots) as Platform[];
  const has = (platform: Platform) => name.images.find(({ says }) => says === platform);
  const result = outcome === 'runs' || outcome === 'emulated' ? `${said[outcome]} ${label(outcome)}` : said[outcome];
  return drawing(
    264,
    line('f-line', 'M78 2h140v26h-140z'),
    text(148, 19.5, 'f-code f-strong f-middle', 'market-api:1.4'),
    name.index
      ? line('f-line', 'M148 28V42') +
          line('f-line', 'M78 42h140v28h-140z') +
          text(148, 60, 'f-strong f-middle', label('index'))
      : '',
    ...name.images.map(({ says }) => line('f-line', `M148 ${name.index ? 70 : 28}L${middle(says)} ${top}`)),
    ...platforms.map((platform) => {
      const one = has(platform);
      return one ? plates(one, one === image, label) : gap(platform, label);
    }),
    image ? line('f-line f-now', `M${middle(image.says)} ${top + 58}L148 186`) : '',
    processBox(48, 186, 200, 46),
    text(60, 205, 'f-strong', label(machine.who)),
    text(60, 222, 'f-code f-process-text', machine.platform),
    machine.emulates ? text(238, 205, 'f-muted f-end', label('emulator')) : '',
    text(
      148,
      254,
      `f-middle f-strong${failed ? ' f-code f-fail' : outcome === 'runs' ? ' f-ok' : ' f-limit-text'}`,
      result,
    ),
  );
}

export const figure: StepFigure<State> = { states, draw };
