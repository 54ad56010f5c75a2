/**
 * How the kernel shares one core, in the manner of EEVDF: each task has a virtual time that runs fast for the light and slowly for the
 * heavy; of the tasks that are owed time, the one with the earliest virtual deadline runs for one slice. The rule and the formula of the
 * deadline are those of Documentation/scheduler/sched-eevdf.rst and of the commit that brought it (147f3efaa241); the weights are the
 * kernel's (sched_prio_to_weight). What real schedulers add (wake-ups, groups, several cores) is left out.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

/** Weight by nice value; nice 0 has 1024. */
const weights = { 0: 1024, 5: 335, 10: 110 } as const;

export interface Task {
  name: string;
  nice: keyof typeof weights;
  /** How long it runs before the kernel chooses again, in milliseconds of CPU time. */
  slice: number;
}

export interface TaskState extends Task {
  /** CPU time divided by weight (nice 0 counts as 1), in virtual milliseconds. */
  virtual: number;
  /** `virtual` at the end of its next slice. */
  deadline: number;
  /** CPU time it has had, in milliseconds. */
  cpu: number;
  /** Not ahead of its fair share: it may be chosen. */
  owed: boolean;
}

export interface Turn {
  name: string;
  ms: number;
}

export interface SharingState {
  tasks: TaskState[];
  /** The virtual time that each task should have: the weighted mean. */
  due: number;
  /** Who has run so far, oldest first. */
  history: Turn[];
  /** Who is chosen for the next turn. */
  next: string;
}

const weightOf = ({ nice }: Task) => weights[nice] / weights[0];

function seen(tasks: readonly Omit<TaskState, 'deadline' | 'owed'>[], history: readonly Turn[]): SharingState {
  const all = tasks.reduce((sum, task) => sum + weightOf(task), 0);
  const due = tasks.reduce((sum, task) => sum + weightOf(task) * task.virtual, 0) / all;
  const now = tasks.map((task) => ({
    ...task,
    deadline: task.virtual + task.slice / weightOf(task),
    owed: task.virtual <= due + 1e-9,
  }));
  const next = now.filter(({ owed }) => owed).toSorted((a, b) => a.deadline - b.deadline)[0]?.name ?? '';
  return { tasks: now, due, history: [...history], next };
}

/** The next state: the chosen task has run for its slice. */
export function runOne({ tasks, history, next }: SharingState): SharingState {
  const turn = { name: next, ms: tasks.find(({ name }) => name === next)?.slice ?? 0 };
  const after = tasks.map((task) =>
    task.name === next
      ? { ...task, virtual: task.virtual + task.slice / weightOf(task), cpu: task.cpu + task.slice }
      : task,
  );
  return seen(after, [...history, turn]);
}

/** A task wakes up: it is owed nothing and owes nothing. */
export const join = ({ tasks, due, history }: SharingState, task: Task): SharingState =>
  seen([...tasks, { ...task, virtual: due, cpu: 0 }], history);

/** A task goes to sleep. */
export const leave = ({ tasks, history }: SharingState, name: string): SharingState =>
  seen(
    tasks.filter((task) => task.name !== name),
    history,
  );

export const start = (tasks: readonly Task[]): SharingState =>
  seen(
    tasks.map((task) => ({ ...task, virtual: 0, cpu: 0 })),
    [],
  );

function statesOfTheFigure(): SharingState[] {
  const states = [
    start([
      { name: 'web', nice: 0, slice: 3 },
      { name: 'report', nice: 5, slice: 3 },
    ]),
  ];
  const last = () => states[states.length - 1] as SharingState;
  for (let turn = 0; turn < 5; turn++) states.push(runOne(last()));
  states.push(join(last(), { name: 'chat', nice: 0, slice: 1 }));
  states.push(runOne(last()));
  states.push(leave(last(), 'chat'));
  for (let turn = 0; turn < 3; turn++) states.push(runOne(last()));
  return states;
}

const perVirtual = 10;
const left = 1;
const rowTop = (at: number) => 36 + at * 46;
const strip = 204;
const perMs = 9;

function row(task: TaskState, at: number, next: string, due: string): string {
  const y = rowTop(at);
  const chosen = task.name === next;
  const width = Math.max(2, task.virtual * perVirtual);
  const end = left + task.deadline * perVirtual;
  return [
    text(left, y, 'f-code f-strong', `${chosen ? '▶ ' : ''}${task.name}`),
    text(104, y, 'f-code f-muted', `nice ${task.nice}`),
    text(294, y, 'f-code f-end', `${task.cpu} ms`),
    `<rect class="f-process${chosen ? ' f-now' : ''}" x="${left}" y="${y + 7}" width="${width.toFixed(1)}" height="16" rx="4"/>`,
    line('f-line', `M${(left + width).toFixed(1)} ${y + 15}H${end.toFixed(1)}`),
    `<path class="f-arrow" d="M${(end - 5).toFixed(1)} ${y + 8}h10l-5 8z"/>`,
    line('f-due', `M${due} ${y + 3}v24`),
  ].join('');
}

function draw({ tasks, due, history, next }: SharingState, label: Label): string {
  const x = (left + due * perVirtual).toFixed(1);
  let ms = 0;
  const turns = history.map((turn) => {
    const from = left + ms * perMs;
    ms += turn.ms;
    const kind = turn.name === 'report' ? 'f-metal' : 'f-process';
    return [
      `<rect class="${kind}" x="${from}" y="${strip}" width="${turn.ms * perMs}" height="26" rx="${kind === 'f-metal' ? 0 : 4}"/>`,
      text(from + (turn.ms * perMs) / 2, strip + 17, 'f-code f-middle', turn.name.charAt(0)),
    ].join('');
  });
  return drawing(
    278,
    text(1, 12, 'f-muted', label('virtual')),
    ...tasks.map((task, at) => row(task, at, next, x)),
    text(1, strip - 8, 'f-muted', label('core')),
    line('f-free', `M1 ${strip}h288v26h-288z`),
    ...turns,
    line('f-due', `M8 ${strip + 41}v12`),
    text(20, strip + 51, 'f-muted', label('due')),
    `<path class="f-arrow" d="M3 ${strip + 61}h10l-5 8z"/>`,
    text(20, strip + 69, 'f-muted', label('deadline')),
  );
}

export const figure: StepFigure<SharingState> = { states: statesOfTheFigure(), draw };
