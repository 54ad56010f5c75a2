/**
 * One event loop, the same work in two ways: a report as one callback, and as slices that give way to what waits. A queue that is answered
 * in order, one callback at a time, each to its end: that is all an event loop does here. Made-up times, so that the queue can be seen.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

/** A callback that ran, in milliseconds since the start. */
export interface Ran {
  kind: 'chat' | 'report';
  /** When it was ready to run. */
  ready: number;
  from: number;
  to: number;
}

export interface Loop {
  way: 'one' | 'slices';
  ran: Ran[];
}

const chat = { every: 8, first: 4, takes: 2 };
const report = { ready: 10, takes: 40, slice: 5 };
/** The last moment of the figure. */
const end = 70;

/** What a loop runs until everything is answered; the report runs in pieces of `slice` milliseconds. */
export function runLoop(slice: number): Ran[] {
  const queue: { kind: Ran['kind']; ready: number; left: number }[] = [];
  for (let ready = chat.first; ready < end; ready += chat.every) queue.push({ kind: 'chat', ready, left: chat.takes });
  queue.push({ kind: 'report', ready: report.ready, left: report.takes });
  const ran: Ran[] = [];
  let now = 0;
  while (queue.length > 0) {
    queue.sort((a, b) => a.ready - b.ready);
    const task = queue.shift();
    if (!task) break;
    const from = Math.max(now, task.ready);
    const takes = task.kind === 'chat' ? task.left : Math.min(slice, task.left);
    now = from + takes;
    ran.push({ kind: task.kind, ready: task.ready, from, to: now });
    // What is left of the report goes to the end of the queue, as with setImmediate.
    if (task.left > takes) queue.push({ ...task, ready: now, left: task.left - takes });
  }
  return ran;
}

export interface State {
  now: number;
  loops: { way: Loop['way']; ran: Ran[]; waiting: number; worst: number; done: boolean }[];
}

/** What has happened by `now`: messages that wait, and the longest time that one has waited so far. */
export function stateAt(loops: readonly Loop[], now: number): State {
  return {
    now,
    loops: loops.map(({ way, ran }) => {
      const messages = ran.filter(({ kind, ready }) => kind === 'chat' && ready <= now);
      return {
        way,
        ran: ran.filter(({ from }) => from < now).map((one) => ({ ...one, to: Math.min(one.to, now) })),
        waiting: messages.filter(({ from }) => from > now).length,
        worst: Math.max(0, ...messages.map(({ ready, from }) => Math.min(from, now) - ready)),
        done: ran.every(({ kind, to }) => kind === 'chat' || to <= now),
      };
    }),
  };
}

const loops: Loop[] = [
  { way: 'one', ran: runLoop(report.takes) },
  { way: 'slices', ran: runLoop(report.slice) },
];
const states = Array.from({ length: end / 10 + 1 }, (_, at) => stateAt(loops, at * 10));

const perMs = 4;
const left = 5;
const x = (ms: number) => left + ms * perMs;
const laneTop = (at: number) => 34 + at * 112;

function lane(
  { way, ran, waiting, worst, done }: State['loops'][number],
  at: number,
  now: number,
  label: Label,
): string {
  const y = laneTop(at);
  const arrivals: string[] = [];
  for (let ready = chat.first; ready <= now; ready += chat.every)
    arrivals.push(`<path class="f-arrow" d="M${x(ready) - 3.5} ${y + 9}h7l-3.5 7z"/>`);
  return [
    text(1, y, 'f-strong', label(way)),
    done ? text(294, y, 'f-ok f-end', `✓ ${label('done')}`) : '',
    ...arrivals,
    line('f-free', `M${left} ${y + 20}H${x(end)}V${y + 50}H${left}z`),
    ...ran.map(({ kind, from, to }) =>
      kind === 'chat'
        ? `<rect class="f-process" x="${x(from)}" y="${y + 20}" width="${(to - from) * perMs}" height="30" rx="2"/>`
        : `<rect class="f-metal" x="${x(from)}" y="${y + 20}" width="${(to - from) * perMs}" height="30"/>`,
    ),
    line('f-due', `M${x(now)} ${y + 14}v42`),
    text(left, y + 70, waiting > 0 ? 'f-fail f-strong' : 'f-muted', `${label('waiting')} ${waiting}`),
    text(294, y + 70, worst > 10 ? 'f-end f-fail f-strong' : 'f-end f-muted', `${label('worst')} ${worst} ms`),
  ].join('');
}

function draw({ now, loops: both }: State, label: Label): string {
  const bottom = laneTop(both.length) - 14;
  return drawing(
    bottom + 44,
    text(294, 12, 'f-code f-strong f-end', `${now} ms`),
    ...both.map((one, at) => lane(one, at, now, label)),
    `<path class="f-arrow" d="M4.500 ${bottom + 2}h7l-3.500 7z"/>`,
    text(20, bottom + 10, 'f-muted', label('message')),
    `<rect class="f-process" x="4" y="${bottom + 21}" width="8" height="13" rx="2"/>`,
    text(20, bottom + 32, 'f-muted', label('answer')),
    `<rect class="f-metal" x="150" y="${bottom + 21}" width="20" height="13"/>`,
    text(178, bottom + 32, 'f-muted', label('report')),
  );
}

export const figure: StepFigure<State> = { states, draw };
