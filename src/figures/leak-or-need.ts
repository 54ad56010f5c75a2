/**
 * Two servers with the same traffic and the same limit of descriptors. One gives every descriptor back; the other forgets three a day. The
 * numbers are small on purpose: what counts is where the floor of the quiet hours is, and how long a larger limit helps.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, processBox, text, ticket } from './drawing/svg.ts';

/** Open from the start until the end: standard input, output and error, and the socket that listens. */
export const base = 4;
/** Requests at the same time. */
export const traffic = { night: 1, noon: 6, campaign: 14 } as const;

export interface Server {
  /** `RLIMIT_NOFILE`: how many may be open. */
  limit: number;
  /** Descriptors that it forgets in a day at most. */
  forgets: number;
  /** Requests that have one now. */
  live: number;
  /** Open, and used by nobody any more. */
  leaked: number;
  /** Requests of this moment that met EMFILE. */
  refused: number;
}

export const openIn = ({ live, leaked }: Server): number => base + live + leaked;

/** So many requests arrive at once: as many as there is room for get a descriptor. */
export function arrive(server: Server, requests: number): Server {
  const room = server.limit - base - server.leaked - server.live;
  const accepted = Math.max(0, Math.min(requests, room));
  return { ...server, live: server.live + accepted, refused: requests - accepted };
}

/** All requests are over. What was forgotten stays open; it was a request's before, so there cannot be more of it than of them. */
export function leave(server: Server, forgets = server.forgets): Server {
  return { ...server, live: 0, leaked: server.leaked + Math.min(forgets, server.live), refused: 0 };
}

/** A limit that is raised while it runs, as `prlimit` does; nothing is closed by it. */
export const raise = (server: Server, limit: number): Server => ({ ...server, limit });

/** Everything is closed by the kernel, and the program forgets as before. */
export const restart = (server: Server): Server => ({ ...server, live: 0, leaked: 0, refused: 0 });

type Moment = 'start' | 'noon' | 'night' | 'raise-right' | 'restart-right' | 'campaign' | 'raise-left';

export interface State {
  day: number;
  moment: Moment;
  need: Server;
  leak: Server;
  /** Open descriptors of this and all earlier moments. */
  history: readonly { need: number; leak: number }[];
}

/** A quiet hour: the day's requests have ended, and the few of the night are there. */
const night = (server: Server): Server => arrive(leave(server), traffic.night);
/** The requests of the quiet hour end without a trace before those of the day begin. */
const day = (server: Server, requests: number): Server => arrive(leave(server, 0), requests);

const changes: Record<Moment, (server: Server, side: 'need' | 'leak') => Server> = {
  start: (server) => arrive(server, traffic.night),
  noon: (server) => day(server, traffic.noon),
  night,
  campaign: (server) => day(server, traffic.campaign),
  'raise-right': (server, side) => night(side === 'leak' ? raise(server, 24) : server),
  'restart-right': (server, side) => night(side === 'leak' ? restart(server) : server),
  'raise-left': (server, side) => day(night(side === 'need' ? raise(server, 24) : server), traffic.campaign),
};

/** The state after the next moment. */
export function next(state: State, [number, moment]: readonly [number, Moment]): State {
  const [need, leak] = [changes[moment](state.need, 'need'), changes[moment](state.leak, 'leak')];
  return { day: number, moment, need, leak, history: [...state.history, { need: openIn(need), leak: openIn(leak) }] };
}

const fresh = { limit: 16, live: 0, leaked: 0, refused: 0 };
const before: State = {
  day: 1,
  moment: 'start',
  need: { ...fresh, forgets: 0 },
  leak: { ...fresh, forgets: 3 },
  history: [],
};
const moments: readonly (readonly [number, Moment])[] = [
  [1, 'start'],
  [1, 'noon'],
  [1, 'night'],
  [2, 'noon'],
  [2, 'night'],
  [3, 'noon'],
  [3, 'night'],
  [4, 'noon'],
  [4, 'raise-right'],
  [5, 'noon'],
  [5, 'night'],
  [6, 'noon'],
  [6, 'restart-right'],
  [7, 'campaign'],
  [8, 'raise-left'],
  [8, 'night'],
];
export const states: State[] = [];
for (const moment of moments) states.push(next(states.at(-1) ?? before, moment));

const columns = 4;
const panelWidth = 143;
const slot = { width: 28, pitch: 32, row: 24 };
const top = 52;
const floor = 288;

/** A place of the table: what is in it, or that it is free. */
function place(server: Server, at: number, x: number): string {
  const [left, y] = [x + 9 + (at % columns) * slot.pitch, top + Math.floor(at / columns) * slot.row];
  if (at < base) return ticket(left, y, slot.width, 'f-of-kernel');
  if (at < base + server.leaked)
    return ticket(left, y, slot.width, 'f-of-fail') + text(left + 14, y + 14, 'f-middle f-fail f-strong', '✕');
  if (at < openIn(server)) return ticket(left, y, slot.width, 'f-of-process f-solid');
  return line('f-free', `M${left} ${y}h${slot.width}v20h-${slot.width}z`);
}

function panel(server: Server, x: number, title: string, history: readonly number[]): string {
  const edge = top + (server.limit / columns) * slot.row - 1;
  const bars = history.map((open, at) => {
    const kind = at === history.length - 1 ? 'f-mark' : 'f-head';
    return `<rect class="${kind}" x="${x + 8 + at * 8}" y="${floor - 6 - open * 1.5}" width="6" height="${open * 1.5}"/>`;
  });
  return [
    processBox(x, 24, panelWidth, floor - 24),
    text(x + 9, 43, 'f-strong', title),
    ...Array.from({ length: server.limit }, (_, at) => place(server, at, x)),
    line(server.refused > 0 ? 'f-limit f-refused' : 'f-limit', `M${x} ${edge}h${panelWidth}`),
    text(x + 9, 214, 'f-code f-strong', `${openIn(server)} / ${server.limit}`),
    server.refused > 0 ? text(x + 135, 214, 'f-code f-strong f-fail f-end', `✕ EMFILE ${server.refused}`) : '',
    ...bars,
  ].join('');
}

function draw({ day, moment, need, leak, history }: State, label: Label): string {
  return drawing(
    floor + 4,
    text(1, 14, 'f-strong', `${label(`day-${day}`)} · ${label(moment)}`),
    panel(
      need,
      1,
      label('need'),
      history.map((one) => one.need),
    ),
    panel(
      leak,
      152,
      label('leak'),
      history.map((one) => one.leak),
    ),
  );
}

export const figure: StepFigure<State> = { states, draw };
