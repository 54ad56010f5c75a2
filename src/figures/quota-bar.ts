/**
 * A CPU quota over time: in each period of 100 ms a group may use `quota` ms of CPU time, all threads together; then it stands still until the
 * next one. Pure, and the same rule as in the snippet `cpu-quota`. Left out: the kernel hands the quota to each CPU in slices of 5 ms.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

export const period = 100;

export interface Piece {
  /** When the period begins, in ms. */
  from: number;
  /** CPU time used in it, all threads together. */
  used: number;
  /** How long the threads ran, and how long they then stood still, in ms of the clock. */
  runs: number;
  stands: number;
}

/** `work` ms of CPU time, divided among `threads`, under a quota in ms per period. */
export function piecesOf(work: number, quota: number, threads: number): Piece[] {
  const pieces: Piece[] = [];
  for (let left = work, from = 0; left > 0; from += period) {
    const used = Math.min(left, quota, threads * period);
    const runs = used / threads;
    left -= used;
    pieces.push({ from, used, runs, stands: left > 0 ? period - runs : 0 });
  }
  return pieces;
}

export const wallOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { runs, stands }) => sum + runs + stands, 0);
export const throttledOf = (pieces: readonly Piece[]): number => pieces.filter(({ stands }) => stands > 0).length;

export interface Scene {
  name: string;
  quota: number;
  threads: number;
}

export interface State extends Scene {
  pieces: Piece[];
  left: number;
}

export const work = 120;
export const scenes: readonly Scene[] = [
  { name: 'free-1', quota: Number.POSITIVE_INFINITY, threads: 1 },
  { name: 'half-1', quota: 50, threads: 1 },
  { name: 'free-4', quota: Number.POSITIVE_INFINITY, threads: 4 },
  { name: 'half-4', quota: 50, threads: 4 },
  { name: 'two-4', quota: 200, threads: 4 },
];

/** Scenes under half a CPU are shown period by period, the others at once. */
const states: State[] = scenes.flatMap((scene) => {
  const pieces = piecesOf(work, scene.quota, scene.threads);
  return pieces.flatMap((_, at) => {
    if (scene.quota !== 50 && at < pieces.length - 1) return [];
    const shown = pieces.slice(0, at + 1);
    return [{ ...scene, pieces: shown, left: work - shown.reduce((sum, { used }) => sum + used, 0) }];
  });
});

const left = 4;
const perMs = 1.15;
const top = 66;
const laneHeight = 16;
const x = (ms: number) => Math.round((left + ms * perMs) * 10) / 10;

function draw({ name, quota, threads, pieces, left: rest }: State, label: Label): string {
  const bottom = top + 4 * laneHeight + 6;
  const boxes = pieces.flatMap(({ from, runs, stands }) =>
    Array.from({ length: threads }, (_, lane) => {
      const y = top + lane * laneHeight;
      const bar = (kinds: string, start: number, ms: number) =>
        `<rect class="${kinds}" x="${x(start)}" y="${y}" width="${Math.round(ms * perMs * 10) / 10}" height="${laneHeight - 4}" rx="3"/>`;
      return bar('f-solid f-of-process', from, runs) + (stands > 0 ? bar('f-free', from + runs, stands) : '');
    }),
  );
  const wall = Math.round(wallOf(pieces));
  const throttled = throttledOf(pieces);
  return drawing(
    bottom + 78,
    text(1, 14, 'f-strong', label(`scene-${name}`)),
    ...[0, 100, 200].map((ms) => text(x(ms), 38, 'f-code f-muted', `${ms} ms`)),
    ...pieces.map(({ from, used }) =>
      text(
        x(from),
        56,
        quota === Number.POSITIVE_INFINITY ? 'f-code' : 'f-code f-limit-text',
        quota === Number.POSITIVE_INFINITY ? `${used}` : `${used}/${quota}`,
      ),
    ),
    ...[0, 1, 2].map((at) =>
      line(quota === Number.POSITIVE_INFINITY ? 'f-free' : 'f-limit', `M${x(at * period) - 2} 42V${bottom}`),
    ),
    ...boxes,
    text(1, bottom + 24, 'f-muted', label('left')),
    text(294, bottom + 24, 'f-code f-end', `${rest} ms`),
    text(1, bottom + 46, 'f-muted', label('clock')),
    text(294, bottom + 46, 'f-code f-strong f-end', `${wall} ms`),
    text(1, bottom + 68, 'f-muted', label('throttled')),
    text(294, bottom + 68, `f-code f-end${throttled > 0 ? ' f-strong f-limit-text' : ''}`, `${throttled}`),
  );
}

export const figure: StepFigure<State> = { states, draw };
