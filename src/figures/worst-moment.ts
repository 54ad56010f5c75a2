/**
 * How much a workbench has to hold at the worst moment: how many photos lie on it at once, times the size of one, plus what the app itself
 * needs. Each plan turns one of three handles. Pure; the numbers are those that the snippet `peak-memory` prints.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

/** All sizes are MiB. */
export interface Plan {
  name: 'usual' | 'largest' | 'box4' | 'box8' | 'cap' | 'queue' | 'stream';
  /** Photos on the bench. */
  atOnce: number;
  /** What of one photo lies there. */
  size: number;
  room: number;
  /** Photos that wait elsewhere. */
  waiting: number;
}

/** What the app needs while it does nothing. */
export const base = 120;
const arriving = 40;
const largest = 200;
const box = 1024;

export const needOf = ({ atOnce, size }: Plan): number => base + atOnce * size;
export const fits = (plan: Plan): boolean => needOf(plan) <= plan.room;

const first: Plan = { name: 'usual', atOnce: arriving, size: 8, room: box, waiting: 0 };
const worst: Plan = { ...first, name: 'largest', size: largest };

/** Fewer on the bench at once: the others wait. */
export const queued = (plan: Plan, atOnce: number): Plan => ({
  ...plan,
  name: 'queue',
  atOnce: Math.min(atOnce, plan.atOnce),
  waiting: plan.waiting + Math.max(0, plan.atOnce - atOnce),
});
/** Smaller pieces: no more of a photo than `size` lies on the bench. */
export const inPieces = (plan: Plan, name: 'cap' | 'stream', size: number): Plan => ({
  ...plan,
  name,
  size: Math.min(size, plan.size),
});
/** A larger bench. */
export const enlarged = (plan: Plan, name: 'box4' | 'box8', times: number): Plan => ({
  ...plan,
  name,
  room: plan.room * times,
});

const states: Plan[] = [
  first,
  worst,
  enlarged(worst, 'box4', 4),
  enlarged(worst, 'box8', 8),
  inPieces(worst, 'cap', 20),
  queued(worst, 4),
  // A piece that is read and a piece that is written, 64 KiB each.
  inPieces(worst, 'stream', 0.125),
];

const left = 1;
const width = 294;
const floor = 128;
/** The tallest photo; the largest need stands across the whole width. */
const tall = 80;
const pitch = width / arriving;
const bar = { y: 168, height: 20 };
const across = (mib: number) => Math.round((mib / 8192) * (width - 2) * 10) / 10;

const round = (value: number) => Math.round(value * 10) / 10;

function draw(plan: Plan, label: Label): string {
  const need = needOf(plan);
  const column = (at: number, size: number, kinds: string) => {
    const height = Math.max(1.5, (size / largest) * tall);
    const [x, y] = [round(left + at * pitch), round(floor - height)];
    return `<rect class="${kinds}" x="${x}" y="${y}" width="${round(pitch - 1.4)}" height="${round(height)}"/>`;
  };
  const part = (kinds: string, from: number, to: number) =>
    `<rect class="${kinds}" x="${round(left + across(from))}" y="${bar.y}" width="${round(across(to) - across(from))}" height="${bar.height}"/>`;
  return drawing(
    246,
    text(left, 14, 'f-strong', label(plan.name)),
    text(left, 36, 'f-code', `${base} + ${plan.atOnce} × ${plan.size} = ${need}`),
    ...Array.from({ length: plan.atOnce + plan.waiting }, (_, at) =>
      at < plan.atOnce ? column(at, plan.size, 'f-piece') : column(at, largest, 'f-free'),
    ),
    line('f-line', `M${left} ${floor + 1}h${width}`),
    text(left, floor + 18, 'f-muted', label('bench')),
    plan.waiting > 0 ? text(295, floor + 18, 'f-muted f-end', `${label('waiting')} ${plan.waiting}`) : '',
    part('f-process', 0, Math.min(need, plan.room)),
    fits(plan) ? '' : part('f-solid f-of-fail', plan.room, need),
    line(fits(plan) ? 'f-limit' : 'f-limit f-refused', `M${left + across(plan.room)} ${bar.y - 8}v${bar.height + 16}`),
    text(left, 218, '', label('need')),
    text(150, 218, 'f-code f-end', `${need}`),
    text(160, 218, 'f-limit-text', label('room')),
    text(295, 218, 'f-code f-end', `${plan.room}`),
    fits(plan)
      ? text(left, 238, 'f-ok f-strong', `✓ ${label('fits')} ${plan.room - need}`)
      : text(left, 238, 'f-fail f-strong', `✕ ${label('over')} ${need - plan.room}`),
  );
}

export const figure: StepFigure<Plan> = { states, draw };
