/** Reads labs from their folders and runs them in an environment, for the recorder and for the tests. Linux only. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { LabDefinition, Mismatch } from '../src/checker/index.ts';
import { labIds, labsFolder } from './sync-prelude.ts';

export { labIds, labsFolder };

export const isRoot = process.getuid?.() === 0;

/** A uid that no account has: it needs none, and nothing else runs under it. */
export const otherUser = 61234;

const systemFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

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

/** Whether a program is on the PATH of this process. */
export function hasProgram(name: string): boolean {
  return findProgram(name) !== undefined;
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...systemFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function programOnPath(name: string): string {
  const found = findProgram(name);
  if (!found) throw new Error(`${name} is not installed`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder that any user can read, with the scripts, a folder for temporary files, and whatever else a run needs. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'labs-'));
  readonly temporary = join(this.folder, 'tmp');

  constructor() {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.temporary);
    chmodSync(this.temporary, 0o1777);
    for (const id of labIds()) copyFileSync(join(labsFolder, id, 'lab.sh'), join(this.folder, `${id}.sh`));
  }

  /** A folder whose `node` is the given one; a copy, since another user may not reach the original. */
  nodeFolder(path: string): string {
    return this.#once(`node-${basename(dirname(dirname(path)))}`, (folder) => {
      copyFileSync(path, join(folder, 'node'));
      chmodSync(join(folder, 'node'), 0o755);
    });
  }

  /** A folder with links to all programs of the system but these. */
  programsWithout(...names: string[]): string {
    return this.#once(`without-${names.join('-')}`, (folder) => {
      const seen = new Set(names);
      for (const from of systemFolders) {
        for (const name of isExecutable(from) ? readdirSync(from) : []) {
          if (seen.has(name)) continue;
          seen.add(name);
          symlinkSync(join(from, name), join(folder, name));
        }
      }
    });
  }

  /** A folder with an own script under the name of a program. */
  standIn(name: string, script: string): string {
    return this.#once(`stand-in-${name}`, (folder) => {
      writeFileSync(join(folder, name), script);
      chmodSync(join(folder, name), 0o755);
    });
  }

  /** A folder with the tools of BusyBox under their names, and these programs of the system. */
  busybox(...programs: string[]): string {
    return this.#once('busybox', (folder) => {
      const busybox = programOnPath('busybox');
      const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
      for (const name of applets) if (!programs.includes(name)) symlinkSync(busybox, join(folder, name));
      for (const name of programs) symlinkSync(programOnPath(name), join(folder, name));
    });
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #once(name: string, fill: (folder: string) => void): string {
    const folder = join(this.folder, name);
    if (!isExecutable(folder)) {
      mkdirSync(folder);
      fill(folder);
      chmodSync(folder, 0o755);
    }
    return folder;
  }
}

/** Where and as whom a lab runs. */
export interface LabEnvironment {
  id: string;
  /** How it is made, in English: it stands in the header of transcripts and in the names of tests. */
  made: string;
  /** Why it cannot be made on this machine; nothing where it can. */
  unavailable?: () => string | undefined;
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

/**
 * Starts a lab in an environment.
 *
 * @param node path of the Node that the lab finds first; without it, only what the environment gives
 * @param mark an environment variable that every process of the lab inherits, to find what it left behind
 */
export function startLab(
  box: Sandbox,
  id: string,
  environment: LabEnvironment,
  { node, mark = '' }: { node?: string; mark?: string } = {},
): RunningLab {
  const undo = environment.prepare?.(box);
  const nodeFolder = node === undefined ? undefined : box.nodeFolder(node);
  const usualPath = [...(nodeFolder ? [nodeFolder] : []), ...systemFolders];
  const own = [...(environment.shell ?? ['bash']), join(box.folder, `${id}.sh`)];
  // Only the lab itself gets another path: what wraps it needs the system's own programs.
  if (environment.path) own.unshift('env', `PATH=${environment.path(box, nodeFolder).join(':')}`);
  const wrapped = environment.wrap?.(own, box) ?? own;
  const file = mkdtempSync(join(tmpdir(), 'lab-output-'));
  const descriptor = openSync(join(file, 'output'), 'a');
  const started = performance.now();
  // One file for both, so that errors stand where they occurred. A process group of its own, so that a test can signal all of it.
  const child = spawn('bash', ['-c', onlyStandardDescriptors, 'bash', ...wrapped], {
    cwd: box.folder,
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
    env: { PATH: usualPath.join(':'), HOME: box.temporary, TMPDIR: box.temporary, LAB_MARK: mark },
  });
  closeSync(descriptor);
  const output = () => withoutPaths(readFileSync(join(file, 'output'), 'utf8'), box);
  const done = new Promise<LabRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
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
function withoutPaths(text: string, box: Sandbox): string {
  return text.replaceAll(`${box.temporary}/`, '/tmp/').replaceAll(`${box.folder}/`, '').replaceAll(box.folder, '/tmp');
}
