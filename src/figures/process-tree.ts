/**
 * A small process table: fork, exit, kill, wait, and who adopts whom. The rules are those of the manual pages. What has ended keeps its
 * number and exit code until its parent waits (wait(2), NOTES). Children of a process that ends, living or not, go to the nearest living
 * ancestor that is a subreaper (PR_SET_CHILD_SUBREAPER(2const)), or to PID 1. Nobody collects by itself: here, init has to wait as well.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, processBox, text } from './drawing/svg.ts';

export interface Process {
  pid: number;
  ppid: number;
  name: string;
  /** How it ended; undefined while it lives. What has an end is a zombie. */
  ended?: { code: number } | { signal: string };
  subreaper?: boolean;
  /** It ignores SIGCHLD, so its children vanish as they end. */
  ignoresChildren?: boolean;
}

/** By PID. A number is free again when its entry is gone, and not before. */
export type Table = ReadonlyMap<number, Process>;

function entry(table: Table, pid: number): Process {
  const found = table.get(pid);
  if (!found) throw new Error(`ESRCH: there is no process ${pid}`);
  return found;
}

function living(table: Table, pid: number): Process {
  const found = entry(table, pid);
  if (found.ended) throw new Error(`${pid} has ended: it can do nothing any more`);
  return found;
}

/** A child of `parent` under the number `pid`, which nobody may have, not even a zombie. */
export function fork(table: Table, parent: number, pid: number, name = living(table, parent).name): Table {
  living(table, parent);
  if (table.has(pid)) throw new Error(`the number ${pid} is taken`);
  return new Map(table).set(pid, { pid, ppid: parent, name });
}

/** Who becomes the parent of the children of `pid`. */
export function adopter(table: Table, pid: number): number {
  for (let at = entry(table, pid).ppid; at > 1; at = entry(table, at).ppid) {
    const ancestor = entry(table, at);
    if (ancestor.subreaper && !ancestor.ended) return at;
  }
  return 1;
}

/** `pid` ends; its children get a new parent. */
export function exit(table: Table, pid: number, ended: NonNullable<Process['ended']>): Table {
  if (pid === 1) throw new Error('with PID 1 everything would end');
  const process = living(table, pid);
  const heir = adopter(table, pid);
  const next = new Map(table);
  for (const child of table.values()) if (child.ppid === pid) next.set(child.pid, { ...child, ppid: heir });
  if (table.get(process.ppid)?.ignoresChildren) next.delete(pid);
  else next.set(pid, { ...process, ended });
  return next;
}

/** SIGKILL: ends what lives. For a zombie it succeeds and changes nothing. Throws ESRCH for a free number. */
export function kill(table: Table, pid: number): Table {
  return entry(table, pid).ended ? table : exit(table, pid, { signal: 'SIGKILL' });
}

/** All children of `parent` that have ended, as waitpid(-1, …, WNOHANG) in a loop gives them. Throws ECHILD where it has no child. */
export function wait(table: Table, parent: number): { table: Table; collected: Process[] } {
  living(table, parent);
  const children = [...table.values()].filter(({ ppid }) => ppid === parent);
  if (children.length === 0) throw new Error(`ECHILD: ${parent} has no child`);
  const collected = children.filter(({ ended }) => ended);
  const next = new Map(table);
  for (const { pid } of collected) next.delete(pid);
  return { table: next, collected };
}

export interface State {
  table: Table;
  /** What the table was before, to show what is new. */
  before: Table;
  /** The call with its answer, as in a trace. */
  call: string;
}

const processes: readonly Process[] = [
  { pid: 1, ppid: 0, name: 'init' },
  { pid: 700, ppid: 1, name: 'systemd --user', subreaper: true },
  { pid: 812, ppid: 700, name: 'market-api' },
  { pid: 813, ppid: 812, name: 'resize' },
  { pid: 814, ppid: 812, name: 'mail' },
  { pid: 815, ppid: 812, name: 'report' },
];
const first: Table = new Map(processes.map((process) => [process.pid, process]));

const exits = (pid: number, code: number) => (table: Table) => ({
  table: exit(table, pid, { code }),
  call: `${pid}: exit(${code})`,
});
const waits = (pid: number) => (table: Table) => {
  const { table: next, collected } = wait(table, pid);
  return { table: next, call: `${pid}: wait() = ${collected.map((one) => one.pid).join(', ')}` };
};
const operations: readonly ((table: Table) => { table: Table; call: string })[] = [
  exits(813, 7),
  (table) => ({ table: kill(table, 813), call: 'kill(813, SIGKILL) = 0' }),
  waits(812),
  exits(814, 0),
  exits(812, 1),
  waits(700),
  exits(700, 0),
  waits(1),
];

const states: State[] = [{ table: first, before: first, call: '' }];
for (const operation of operations) {
  const before = states.at(-1)?.table ?? first;
  states.push({ ...operation(before), before });
}

/** Where a process stands, all along: its box does not move when its parent changes, only the line to it does. */
const places: ReadonlyMap<number, { x: number; y: number; width: number; height: number }> = new Map([
  [1, { x: 1, y: 26, width: 210, height: 42 }],
  [700, { x: 1, y: 84, width: 210, height: 42 }],
  [812, { x: 1, y: 142, width: 210, height: 42 }],
  [813, { x: 1, y: 218, width: 94, height: 76 }],
  [814, { x: 101, y: 218, width: 94, height: 76 }],
  [815, { x: 201, y: 218, width: 94, height: 76 }],
]);
const branch = 201;

/** From the parent's box to the child's: straight down to the next one, or around the boxes between them, on the right. */
function lineage(child: Process, isNew: boolean): string {
  const from = places.get(child.ppid);
  const to = places.get(child.pid);
  if (!from || !to) return '';
  const kinds = isNew ? 'f-line f-now' : 'f-line';
  const bottom = from.y + from.height;
  if (to.y < branch) return line(kinds, `M106 ${bottom}V${to.y}`);
  const target = to.x + to.width / 2;
  if (child.ppid === 812) return line(kinds, `M106 ${bottom}V${branch}H${target}V${to.y}`);
  const lane = child.ppid === 1 ? 264 : 228;
  return line(kinds, `M211 ${from.y + 21}H${lane}V${branch}H${target}V${to.y}`);
}

function box(pid: number, { table }: State, label: Label): string {
  const place = places.get(pid);
  if (!place) return '';
  const { x, y, width, height } = place;
  const outline = line('f-free', `M${x} ${y}h${width}v${height}h-${width}z`);
  const process = table.get(pid);
  if (!process) return outline + text(x + width / 2, y + height / 2 + 4, 'f-muted f-middle', label('gone'));
  const { name, ppid, ended, subreaper } = process;
  const wide = width > 100;
  const numbers = wide ? [`PID ${pid}  PPID ${ppid}`] : [`PID  ${pid}`, `PPID ${ppid}`];
  return [
    ended ? outline : processBox(x, y, width, height),
    text(x + 9, y + 18, 'f-code f-strong', name),
    text(x + width - 9, y + 18, `f-code f-strong f-end${ended ? ' f-fail' : ''}`, ended ? 'Z' : 'S'),
    ...numbers.map((one, at) => text(x + 9, y + 34 + at * 16, 'f-code f-muted', one)),
    subreaper ? text(x + width - 9, y + 34, 'f-muted f-end', label('subreaper')) : '',
    ended && 'code' in ended
      ? text(x + (wide ? 120 : 9), y + (wide ? 18 : 67), 'f-strong', `${label('code')} ${ended.code}`)
      : '',
  ].join('');
}

function draw(state: State, label: Label): string {
  const { table, before, call } = state;
  const numbers = [...table.keys()].join(' ');
  return drawing(
    320,
    call ? text(1, 14, 'f-code f-strong', call) : text(1, 14, 'f-strong', label('start')),
    ...[...table.values()].map((one) => lineage(one, before.get(one.pid)?.ppid !== one.ppid)),
    ...[...places.keys()].map((pid) => box(pid, state, label)),
    text(1, 314, 'f-muted', label('numbers')),
    text(295, 314, 'f-code f-end', numbers),
  );
}

export const figure: StepFigure<State> = { states, draw };
