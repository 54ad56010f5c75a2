/**
 * A fork and the four counters that it has to pass. The rules, and their order, are those of the kernel: copy_process asks RLIMIT_NPROC (not
 * of the real root) and threads-max, then takes a number below pid_max, and at last charges the control group (kernel/fork.c, kernel/pid.c,
 * kernel/cgroup/pids.c; fork(2), ERRORS). A thread is a task like a process, so the same rules hold for both.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text } from './drawing/svg.ts';

export const gates = ['RLIMIT_NPROC', 'threads-max', 'pid_max', 'pids.max'] as const;
export type Gate = (typeof gates)[number];

/** How many tasks each gatekeeper has counted, and how many it lets be. */
export type Counters = Record<Gate, { tasks: number; limit: number }>;

export interface Scene {
  /** Names the label that says what happens. */
  event: 'calm' | 'one' | 'pool' | 'refused' | 'root' | 'lifted' | 'other' | 'bomb' | 'large';
  root: boolean;
  counters: Counters;
}

export interface State extends Scene {
  /** Tasks that were made. */
  made: number;
  /** Who refused the one after them; undefined where all were made. */
  refusedBy: Gate | undefined;
}

/** Tasks that a gatekeeper has room for. Numbers are below pid_max, so one less than its value (proc_sys_kernel(5)). */
export function room({ counters }: Pick<Scene, 'counters'>, gate: Gate): number {
  const { tasks, limit } = counters[gate];
  return (gate === 'pid_max' ? limit - 1 : limit) - tasks;
}

/** Starts up to `wanted` tasks, until a gatekeeper says no. */
export function start(scene: Scene, wanted: number): State {
  const asked = gates.filter((gate) => gate !== 'RLIMIT_NPROC' || !scene.root);
  // A limit may have been lowered below the count: then there is less than no room.
  const made = Math.max(0, Math.min(wanted, ...asked.map((gate) => room(scene, gate))));
  // What root starts is counted for root, and not for the user of this figure.
  const count = (gate: Gate) => (gate === 'RLIMIT_NPROC' && scene.root ? 0 : made);
  const counters = Object.fromEntries(
    gates.map((gate) => [gate, { ...scene.counters[gate], tasks: scene.counters[gate].tasks + count(gate) }]),
  ) as Counters;
  const refusedBy = made < wanted ? asked.find((gate) => room({ counters }, gate) < 1) : undefined;
  return { ...scene, counters, made, refusedBy };
}

/** The same counters with some limits, or counts, replaced. */
function changed(counters: Counters, changes: Partial<Record<Gate, Partial<Counters[Gate]>>>): Counters {
  return Object.fromEntries(gates.map((gate) => [gate, { ...counters[gate], ...changes[gate] }])) as Counters;
}

/** The limits of a service in the recorded Debian 12 with systemd and 2 GB (lab nproc); what is counted there is made up. */
const small: Counters = {
  RLIMIT_NPROC: { tasks: 9, limit: 7822 },
  'threads-max': { tasks: 118, limit: 15644 },
  pid_max: { tasks: 118, limit: 4194304 },
  'pids.max': { tasks: 7, limit: 2346 },
};
/** Those of the recorded Debian 12 with 24 GB, which has no systemd. */
const large: Counters = {
  RLIMIT_NPROC: { tasks: 40, limit: 96365 },
  'threads-max': { tasks: 900, limit: 192731 },
  pid_max: { tasks: 900, limit: 32768 },
  'pids.max': { tasks: 240, limit: Infinity },
};

const calm = start({ event: 'calm', root: false, counters: small }, 0);
const one = start({ ...calm, event: 'one' }, 1);
const pool = start({ ...one, event: 'pool' }, 2338);
const refused = start({ ...pool, event: 'refused' }, 1);
const asRoot = start({ ...refused, event: 'root', root: true }, 1);
const lifted = start(
  { event: 'lifted', root: false, counters: changed(refused.counters, { 'pids.max': { limit: Infinity } }) },
  10_000,
);
const other = start(
  { event: 'other', root: false, counters: changed(lifted.counters, { 'pids.max': { tasks: 3, limit: 2346 } }) },
  1,
);
const bomb = start(
  { event: 'bomb', root: true, counters: changed(lifted.counters, { 'pids.max': { tasks: 5, limit: Infinity } }) },
  1_000_000,
);
const numbers = start({ event: 'large', root: true, counters: large }, 1_000_000);

const rowTop = (at: number) => 66 + at * 54;
const barLeft = 28;
const barWidth = 262;
const number = (value: number) => (value === Infinity ? 'max' : value.toLocaleString('en-US'));

/** A gatekeeper: its name, its count and limit, and what it said. */
function row(state: State, gate: Gate, at: number, label: Label): string {
  const y = rowTop(at);
  const { tasks, limit } = state.counters[gate];
  const stop = state.refusedBy ? gates.indexOf(state.refusedBy) : gates.length;
  const skipped = gate === 'RLIMIT_NPROC' && state.root;
  const refuses = gate === state.refusedBy;
  const filled = Math.max(1.5, barWidth * Math.min(1, limit === Infinity ? 0 : tasks / limit));
  const said = state.event === 'calm' || at > stop ? '' : skipped ? '–' : refuses ? '✕' : '✓';
  return [
    text(14, y + 28, `f-middle f-strong ${refuses ? 'f-fail' : skipped ? 'f-muted' : 'f-ok'}`, said),
    text(barLeft, y + 10, `f-code f-strong${refuses ? ' f-fail' : ''}`, gate),
    text(294, y + 10, `f-end${refuses ? ' f-fail f-strong' : ' f-muted'}`, refuses ? 'EAGAIN' : label(gate)),
    kernelBox(barLeft, y + 16, barWidth, 16),
    `<rect class="f-solid ${refuses ? 'f-of-fail' : 'f-of-kernel'}" x="${barLeft}" y="${y + 16}" width="${filled}" height="16"/>`,
    limit === Infinity ? '' : line('f-limit', `M${barLeft + barWidth} ${y + 13}v20`),
    text(barLeft, y + 45, 'f-code', number(tasks)),
    text(294, y + 45, 'f-code f-end f-limit-text', number(limit)),
  ].join('');
}

function draw(state: State, label: Label): string {
  const who = state.root ? 'root' : state.event === 'other' ? 'mail' : 'photo';
  const floor = rowTop(gates.length) + 2;
  const born = state.made > 0 && !state.refusedBy;
  const reached = state.refusedBy ? gates.indexOf(state.refusedBy) + 1 : gates.length;
  return drawing(
    floor + 34,
    text(1, 14, 'f-strong', label(state.event)),
    processBox(1, 24, 130, 28),
    text(14, 43, 'f-code f-strong', who),
    text(146, 43, `f-code f-strong${state.refusedBy ? ' f-fail' : ''}`, result(state)),
    ...gates.map((gate, at) => row(state, gate, at, label)),
    // From gatekeeper to gatekeeper, with room for their signs.
    ...gates.slice(0, state.event === 'calm' ? 0 : reached).map((_, at) => line('f-line', way(at))),
    born ? line('f-line', way(gates.length, floor)) : '',
    born ? processBox(1, floor, 130, 28) : line('f-free', `M1 ${floor}h130v28h-130z`),
    text(14, floor + 19, born ? '' : 'f-muted', label(born ? 'born' : 'place')),
  );
}

/** The way from the sign of the gatekeeper before `at`, or from the process, down to that of `at`. */
const way = (at: number, to = rowTop(at) + 14) => `M14 ${at === 0 ? 54 : rowTop(at - 1) + 34}V${to}`;

/** What the last call of fork gave. */
function result({ event, made, refusedBy }: State): string {
  if (refusedBy) return 'fork() = -1';
  if (event === 'calm') return 'fork() = ?';
  return made > 1 ? `clone() × ${number(made)}` : 'fork() = 4023';
}

export const figure: StepFigure<State> = {
  states: [calm, one, pool, refused, asRoot, lifted, other, bomb, numbers],
  draw,
};
