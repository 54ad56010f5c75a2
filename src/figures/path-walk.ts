/**
 * The way to a file, part by part, as path_resolution(7) describes it: search permission (x) on every directory, then the permission that the
 * call asks for on the file; of owner, group and others only the first class that fits. The reader is a deploy script that lacks one bit.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text } from './drawing/svg.ts';

export interface User {
  uid: number;
  groups: readonly number[];
}

export interface Part {
  name: string;
  directory: boolean;
  uid: number;
  gid: number;
  /** The nine permission bits. */
  mode: number;
}

export type ClassOfUser = 'owner' | 'group' | 'others';
const classes: readonly ClassOfUser[] = ['owner', 'group', 'others'];

/** The one class whose bits count: the first that fits. */
export function classOf(user: User, part: Part): ClassOfUser {
  if (user.uid === part.uid) return 'owner';
  return user.groups.includes(part.gid) ? 'group' : 'others';
}

/** The three bits of a class, as a digit from 0 to 7. */
export const digit = (mode: number, of: ClassOfUser): number => (mode >> (6 - 3 * classes.indexOf(of))) & 7;

/** A digit as `ls` shows it, such as "r-x". */
export const letters = (bits: number): string =>
  ['r', 'w', 'x'].map((letter, at) => (bits & (4 >> at) ? letter : '-')).join('');

/** Whether a user who is not root may pass this part (a directory) or read it (a file). */
export function passes(user: User, part: Part): boolean {
  return (digit(part.mode, classOf(user, part)) & (part.directory ? 1 : 4)) !== 0;
}

export interface State {
  parts: readonly Part[];
  /** How many parts have been looked at. */
  looked: number;
  /** The part whose bits were just changed. */
  repaired: number | undefined;
  /** Whether the last guard, after the bits, has been asked. */
  guard: boolean;
}

export const script: User = { uid: 998, groups: [998, 50] };
const closed: readonly Part[] = [
  { name: '/', directory: true, uid: 0, gid: 0, mode: 0o755 },
  { name: 'srv/', directory: true, uid: 0, gid: 50, mode: 0o750 },
  { name: 'photo/', directory: true, uid: 1000, gid: 50, mode: 0o740 },
  { name: '.env', directory: false, uid: 1000, gid: 50, mode: 0o640 },
];
/** `chmod g+x photo`: one bit, for one class, in one place. */
const open = closed.map((part) => (part.name === 'photo/' ? { ...part, mode: part.mode | 0o010 } : part));

const base = { repaired: undefined, guard: false };
export const pathStates: readonly State[] = [
  { ...base, parts: closed, looked: 0 },
  { ...base, parts: closed, looked: 1 },
  { ...base, parts: closed, looked: 2 },
  { ...base, parts: closed, looked: 3 },
  { ...base, parts: open, looked: 3, repaired: 2 },
  { ...base, parts: open, looked: 4 },
  { ...base, parts: open, looked: 4, guard: true },
];

/** Index of the first part looked at that does not let the script pass; -1 where there is none. */
export const stoppedAt = ({ parts, looked }: State): number =>
  parts.slice(0, looked).findIndex((part) => !passes(script, part));

function row(state: State, at: number): string {
  const part = state.parts[at];
  if (!part) throw new Error(`there is no part ${at}`);
  const y = 76 + at * 34;
  const looked = at < state.looked;
  const good = passes(script, part);
  const current = at === (state.repaired ?? state.looked - 1) && !state.guard;
  const decides = classOf(script, part);
  const shown = looked ? '' : ' f-muted';
  return [
    current ? line('f-just', `M2 ${y - 20}h292v30h-292z`) : '',
    text(10 + at * 10, y, `f-code f-strong${shown}`, part.name),
    text(112, y, `f-code${shown}`, part.directory ? 'd' : '-'),
    ...classes.map((one, column) => {
      const x = 124 + column * 36;
      const marked = looked && one === decides;
      return (
        (marked ? line(good ? 'f-marked f-of-process' : 'f-marked f-of-fail', `M${x} ${y - 15}h33v21h-33z`) : '') +
        text(x + 16, y, `f-code f-middle${marked ? ' f-strong' : ' f-muted'}`, letters(digit(part.mode, one)))
      );
    }),
    looked ? text(280, y, good ? 'f-ok f-strong f-end' : 'f-fail f-strong f-end', good ? '✓' : '✕') : '',
  ].join('');
}

function draw(state: State, label: Label): string {
  const stopped = stoppedAt(state) >= 0;
  const done = state.looked === state.parts.length && !stopped;
  const verdict = stopped ? 'Permission denied' : done ? label(state.guard ? 'opened' : 'bits') : label('walking');
  return drawing(
    236,
    processBox(2, 2, 292, 36),
    text(12, 25, 'f-strong', label('script')),
    text(284, 25, 'f-code f-end', `uid=${script.uid} groups=${script.groups.join(',')}`),
    ...state.parts.map((_, at) => row(state, at)),
    kernelBox(2, 198, 292, 36),
    text(12, 221, 'f-strong f-kernel-text', label('kernel')),
    text(284, 221, `f-end f-strong${stopped ? ' f-fail f-code' : done && state.guard ? ' f-ok' : ''}`, verdict),
  );
}

export const figure: StepFigure<State> = { states: pathStates, draw };
