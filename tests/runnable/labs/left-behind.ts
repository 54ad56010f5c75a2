/** What a run may have left on this machine. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const read = (...path: string[]): string => {
  try {
    return readFileSync(join(...path), 'utf8');
  } catch {
    // It has just ended, or belongs to somebody else.
    return '';
  }
};

/** Processes that inherited this mark in their environment. */
export function marked(mark: string): string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && read('/proc', pid, 'environ').split('\0').includes(`LAB_MARK=${mark}`),
  );
}

/** Waits until something holds; throws after 20 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited 20 s for ${what}`);
    await pause(20);
  }
}

/** All control groups without a process: whatever else comes and goes on this machine has some. */
function emptyControlGroups(): Set<string> {
  const root = '/sys/fs/cgroup';
  if (!existsSync(root)) return new Set();
  const groups = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = groups.map((entry) => join(entry.parentPath, entry.name));
  return new Set(folders.filter((folder) => existsSync(join(folder, 'cgroup.procs')) && !read(folder, 'cgroup.procs')));
}

const mounts = () => new Set(read('/proc/self/mountinfo').split('\n'));

/** How things are before a run; `left` says what is there now that was not, one line each. */
export class Before {
  readonly #limits = read('/proc/self/limits');
  readonly #mounts = mounts();
  readonly #controlGroups = emptyControlGroups();

  /** @param temporary the folder for temporary files that only the run with this mark had */
  left(mark: string, temporary: string): string[] {
    const processes = marked(mark).map((pid) => `process ${read('/proc', pid, 'cmdline').replaceAll('\0', ' ')}`);
    const files = readdirSync(temporary).map((name) => `file ${name}`);
    if (processes.length + files.length > 0) return [...processes, ...files];
    return [
      ...(read('/proc/self/limits') === this.#limits ? [] : ['another limit of this process']),
      ...[...mounts().difference(this.#mounts)].map((line) => `mount ${line}`),
      ...[...emptyControlGroups().difference(this.#controlGroups)].map((folder) => `control group ${folder}`),
    ];
  }

  /** Waits until nothing is left; throws with what still is after 20 s. */
  async nothingLeft(mark: string, temporary: string): Promise<void> {
    let left: string[] = [];
    const isClean = () => {
      left = this.left(mark, temporary);
      return left.length === 0;
    };
    await until('everything to be gone', isClean).catch((error: Error) => {
      throw new Error(`${error.message}; left: ${left.join('; ')}`);
    });
  }
}
