/**
 * A shell starts a program: fork, copy-on-write, exec, exit, wait. The rules are those of the manual pages: fork copies the table of pages
 * and not the pages (fork(2), NOTES), a write copies one page, execve replaces the memory and keeps the PID and the descriptors
 * (execve(2)), exit frees everything but the exit code, and wait takes the entry away (wait(2)).
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text, ticket } from './drawing/svg.ts';

/** Letters as in /proc/PID/status (proc_pid_status(5)). */
export type Letter = 'R' | 'S' | 'Z';

export interface Process {
  pid: number;
  ppid: number;
  program: string;
  letter: Letter;
  /** Names of the page frames of its memory, in order. */
  pages: readonly string[];
  /** What its descriptors 0, 1 and 2 refer to; none after its end. */
  descriptors: readonly string[];
  /** Kept for the parent after the end. */
  exitCode?: number;
}

export type Operation =
  | { call: 'start' }
  | { call: 'fork' }
  | { call: 'touch'; page: string; copy: string }
  | { call: 'redirect'; file: string }
  | { call: 'execve'; program: string; pages: readonly string[] }
  | { call: 'sleep' }
  | { call: 'exit'; code: number }
  | { call: 'wait' };

export interface State {
  parent: Process;
  child: Process | undefined;
  operation: Operation;
}

const shell: Process = {
  pid: 4021,
  ppid: 3970,
  program: 'bash',
  letter: 'R',
  pages: ['A', 'B'],
  descriptors: ['tty', 'tty', 'tty'],
};

/** The child, which must be there. */
function childOf({ child }: State): Process {
  if (!child) throw new Error('there is no child');
  return child;
}

/** The state after an operation; throws where there is no child to do it. */
export function apply(state: State, operation: Operation): State {
  const { parent } = state;
  switch (operation.call) {
    case 'start':
      return { parent: shell, child: undefined, operation };
    case 'fork':
      return { parent, child: { ...parent, pid: parent.pid + 1, ppid: parent.pid }, operation };
    case 'touch': {
      const child = childOf(state);
      const pages = child.pages.map((page) => (page === operation.page ? operation.copy : page));
      return { parent, child: { ...child, pages }, operation };
    }
    case 'redirect': {
      const child = childOf(state);
      const descriptors = child.descriptors.map((one, number) => (number === 1 ? operation.file : one));
      return { parent, child: { ...child, descriptors }, operation };
    }
    case 'execve': {
      const { program, pages } = operation;
      return { parent, child: { ...childOf(state), program, pages }, operation };
    }
    case 'sleep':
      return { ...state, parent: { ...parent, letter: 'S' }, operation };
    case 'exit': {
      const ended = { letter: 'Z', pages: [], descriptors: [], exitCode: operation.code } as const;
      return { parent, child: { ...childOf(state), ...ended }, operation };
    }
    case 'wait': {
      if (childOf(state).letter !== 'Z') throw new Error('the child has not ended');
      return { parent: { ...parent, letter: 'R' }, child: undefined, operation };
    }
  }
}

const operations: readonly Operation[] = [
  { call: 'start' },
  { call: 'fork' },
  { call: 'touch', page: 'B', copy: 'B′' },
  { call: 'redirect', file: 'out.txt' },
  { call: 'execve', program: 'node', pages: ['N', 'M'] },
  { call: 'sleep' },
  { call: 'exit', code: 7 },
  { call: 'wait' },
];

const states: State[] = [];
for (const operation of operations)
  states.push(apply(states.at(-1) ?? { parent: shell, child: undefined, operation }, operation));

/** The call with its answer, as the side that makes it sees it. */
function callText({ operation }: State, label: Label): string {
  switch (operation.call) {
    case 'start':
    case 'touch':
      return label(operation.call);
    case 'fork':
      return `fork() = ${shell.pid + 1}, 0`;
    case 'redirect':
      return `openat("${operation.file}"), dup2(3, 1)`;
    case 'execve':
      return `execve("/usr/bin/${operation.program}")`;
    case 'sleep':
      return 'wait4(-1, …';
    case 'exit':
      return `exit(${operation.code})`;
    case 'wait':
      return `wait4(-1) = ${shell.pid + 1}`;
  }
}

const frames: readonly string[] = ['A', 'B', 'B′', 'N', 'M'];
const frameX = (name: string) => 4 + frames.indexOf(name) * 60;
const frameTop = 222;
const boxFloor = 168;

function house(process: Process, x: number, label: Label): string {
  const { pid, ppid, program, letter, pages, descriptors, exitCode } = process;
  const ended = letter === 'Z';
  return [
    ended ? line('f-free', `M${x} 28h136v140h-136z`) : processBox(x, 28, 136, 140),
    text(x + 11, 48, 'f-code f-strong', program),
    text(x + 126, 48, `f-code f-strong f-end${ended ? ' f-fail' : ''}`, letter),
    text(x + 11, 67, 'f-code', `PID  ${pid}`),
    text(x + 11, 84, 'f-code f-muted', `PPID ${ppid}`),
    ...descriptors.map((target, number) => {
      const y = 93 + number * 24;
      const kind = target === 'tty' ? 'f-muted' : 'f-strong';
      return (
        ticket(x + 11, y, 26, 'f-of-process') +
        text(x + 24, y + 14, 'f-code f-middle', `${number}`) +
        text(x + 44, y + 14, `f-code ${kind}`, target)
      );
    }),
    ...pages.map((page, at) => line('f-line', `M${x + 100 + at * 18} ${boxFloor}L${frameX(page) + 24} ${frameTop}`)),
    exitCode === undefined
      ? ''
      : text(x + 11, 110, 'f-strong', label('code')) + text(x + 11, 130, 'f-code f-strong', `${exitCode}`),
  ].join('');
}

function draw(state: State, label: Label): string {
  const { parent, child, operation } = state;
  const used = [...parent.pages, ...(child?.pages ?? [])];
  const users = (name: string) => used.filter((page) => page === name).length;
  const inWords = operation.call === 'start' || operation.call === 'touch';
  return drawing(
    288,
    text(1, 14, `${inWords ? '' : 'f-code '}f-strong`, callText(state, label)),
    house(parent, 1, label),
    child
      ? house(child, 159, label)
      : line('f-free', 'M159 28h136v140h-136z') + text(227, 102, 'f-muted f-middle', label('nobody')),
    ...frames.map((name) => {
      const x = frameX(name);
      if (users(name) === 0) return line('f-free', `M${x} ${frameTop}h48v28h-48z`);
      const shared = users(name) > 1;
      return (
        kernelBox(x, frameTop, 48, 28) +
        text(x + 24, frameTop + 18.5, `f-code f-middle${shared ? ' f-strong' : ''}`, shared ? `${name} ×2` : name)
      );
    }),
    text(1, 275, 'f-muted', label('frames')),
  );
}

export const figure: StepFigure<State> = { states, draw };
