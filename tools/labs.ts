/** Reads labs from their folders and runs them in an environment, for the recorder and for the tests. Linux only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { LabDefinition, Mismatch } from '../src/checker/index.ts';
import { type Lab, labSchema } from '../src/site/schemas/runnables.ts';
import { hasProgram, Sandbox, systemFolders } from './environments/sandbox.ts';
import { labIds, labsFolder } from './sync-prelude.ts';

export { hasProgram, labIds, labsFolder, Sandbox };

export const isRoot = process.getuid?.() === 0;

/** A uid that no account has: it needs none, and nothing else runs under it. */
export const otherUser = 61234;

/** A lab as the checker takes it, with the causes of the lab first and those of every lab after them. */
export function readLab(id: string): LabDefinition {
  const text = (...path: string[]) => readFileSync(join(labsFolder, ...path), 'utf8');
  const causes = (source: string): Mismatch[] => parse(source).mismatches;
  return {
    id,
    expected: text(id, 'expected.txt'),
    mismatches: [...causes(text(id, 'mismatches.yaml')), ...causes(text('mismatches.yaml'))],
  };
}

/** What lab.yaml says of a lab. */
export const describeLab = (id: string): Lab =>
  labSchema.parse(parse(readFileSync(join(labsFolder, id, 'lab.yaml'), 'utf8')));

/** Whether only a throw-away machine survives the lab (`browser.only`): it refuses to begin on any other. */
export function isThrowAway(id: string): boolean {
  const { browser } = describeLab(id);
  return browser?.runs === true && browser.only;
}

/** The labs that run on a machine like this one. */
export const labsForHere = (): string[] => labIds().filter((id) => !isThrowAway(id));

export const hasSolution = (id: string): boolean => existsSync(join(labsFolder, id, 'solution.sh'));

/** Those whose task has a solution that runs on a machine like this one. */
export function solvedLabs(): string[] {
  return labsForHere().filter(hasSolution);
}

/** Why a solution did nothing: the rest of its line "SKIP reason". Nothing where it did its work. */
export function skipReason(output: string): string | undefined {
  return /^SKIP (.+)$/m.exec(output)?.[1];
}

/** Where and as whom a lab runs. */
export interface LabEnvironment {
  id: string;
  /** How it is made, in English: it stands in the header of transcripts and in the names of tests. */
  made: string;
  /** Why it cannot be made on this machine; nothing where it can. */
  unavailable?: () => string | undefined;
  /** Set where it is not on this machine but in a virtual one; `wrap` and `path` are then about that one. */
  machine?: 'debian-12-systemd';
  /** What must be there first; gives what takes it away again. */
  prepare?: (box: Sandbox) => () => void;
  /** Wraps the command; by default it runs as it is. */
  wrap?: (argv: string[], box: Sandbox) => string[];
  /** What stands before the script; `bash` by default. */
  shell?: string[];
  /** The search path; by default the folder of the given Node, then the system's. */
  path?: (box: Sandbox, nodeFolder: string | undefined) => string[];
}

export interface LabRun {
  output: string;
  code: number;
  durationMs: number;
}

export interface RunningLab {
  process: ChildProcess;
  /** What it printed so far, errors in between where they occurred. */
  output: () => string;
  done: Promise<LabRun>;
}

export interface RunOptions {
  /** Path of the Node that the script finds first; without it, only what the environment gives. */
  node?: string;
  /** An environment variable that every process of the run inherits, to find what it left behind. */
  mark?: string;
  /** Its folder for temporary files, from `box.temporaryFolder()`; by default the one that all runs share. */
  temporary?: string;
  /** Runs solution.sh and not lab.sh. */
  solution?: boolean;
  /** Seconds after which it is ended, as by `kill`; its exit code is 143 then. */
  limit?: number;
}

/** The command of a run and its environment variables, the same on this machine and in a virtual one. */
export function commandOf(
  box: Sandbox,
  id: string,
  environment: LabEnvironment,
  { node, mark = '', temporary = box.temporary, solution = false }: RunOptions,
): { argv: string[]; env: Record<string, string> } {
  const nodeFolder = node === undefined ? undefined : box.nodeFolder(node);
  const usualPath = [...(nodeFolder ? [nodeFolder] : []), ...systemFolders];
  const script = solution ? join(box.folder, id, 'solution.sh') : join(box.folder, `${id}.sh`);
  const own = [...(environment.shell ?? ['bash']), script];
  // Only the lab itself gets another path: what wraps it needs the system's own programs.
  if (environment.path) own.unshift('env', `PATH=${environment.path(box, nodeFolder).join(':')}`);
  return {
    argv: environment.wrap?.(own, box) ?? own,
    env: { PATH: usualPath.join(':'), HOME: temporary, TMPDIR: temporary, LAB_MARK: mark },
  };
}

/**
 * Starts a lab, or the solution of its task, in an environment on this machine.
 *
 * @throws where the environment is another machine's
 */
export function startLab(box: Sandbox, id: string, environment: LabEnvironment, options: RunOptions = {}): RunningLab {
  if (environment.machine) throw new Error(`${environment.id} is not on this machine but in ${environment.machine}`);
  const undo = environment.prepare?.(box);
  const { argv, env } = commandOf(box, id, environment, options);
  const file = mkdtempSync(join(tmpdir(), 'lab-output-'));
  const descriptor = openSync(join(file, 'output'), 'a');
  const started = performance.now();
  // One file for both, so that errors stand where they occurred. A process group of its own, so that a test can signal all of it.
  const child = spawn('bash', ['-c', onlyStandardDescriptors, 'bash', ...argv], {
    cwd: box.folder,
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
    env,
  });
  closeSync(descriptor);
  // First so that it can clean up, then whatever it says.
  const end = (signal: NodeJS.Signals) => child.pid && child.exitCode === null && process.kill(-child.pid, signal);
  const limit = (options.limit ?? 240) * 1000;
  const clocks = [setTimeout(end, limit, 'SIGTERM'), setTimeout(end, limit + 10_000, 'SIGKILL')];
  const output = () => withoutPaths(readFileSync(join(file, 'output'), 'utf8'), box, id);
  const done = new Promise<LabRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const clock of clocks) clearTimeout(clock);
      const durationMs = Math.round(performance.now() - started);
      const result = { output: output(), code: code ?? 128 + (signal ? system.signals[signal] : 0), durationMs };
      rmSync(file, { recursive: true, force: true });
      undo?.();
      resolve(result);
    });
  });
  return { process: child, output, done };
}

/** What this process itself was given open would be handed on, and counted as the lab's. */
const onlyStandardDescriptors = `for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done; exec "$@"`;

/** The folders of this run's own making say nothing to a reader. */
export function withoutPaths(text: string, box: Sandbox, id: string): string {
  return text
    .replaceAll(`${box.temporary}/`, '/tmp/')
    .replaceAll(`${box.folder}/${id}/`, '')
    .replaceAll(`${box.folder}/`, '')
    .replaceAll(box.folder, '/tmp');
}
