/** A folder for the runs of labs: scripts, temporary files, copies of Node, and search paths that lack or replace a program. */
import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { labIds, labsFolder } from '../sync-prelude.ts';

export const systemFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

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
    this.temporaryFolder('tmp');
    for (const id of labIds()) {
      copyFileSync(join(labsFolder, id, 'lab.sh'), join(this.folder, `${id}.sh`));
      const solution = join(labsFolder, id, 'solution.sh');
      if (!existsSync(solution)) continue;
      mkdirSync(join(this.folder, id));
      copyFileSync(solution, join(this.folder, id, 'solution.sh'));
    }
  }

  /** Makes one more folder in which any user may write, for runs side by side. */
  temporaryFolder(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    chmodSync(folder, 0o1777);
    return folder;
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
