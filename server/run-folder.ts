/** The folder of a run: for this user alone, named after the server, and gone with the run or, at the latest, with the next server. */
import { chmod, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The real path of a new, empty folder. */
export async function makeRunFolder(): Promise<string> {
  // On macOS the temporary folder is behind a symbolic link, and the permission model compares real paths.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `snippet-${process.pid}-`)));
  await chmod(folder, 0o700);
  return folder;
}

/** Never rejects: what cannot be removed now is left to `sweepRunFolders`. */
export async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

/** Removes the folders of runs whose server was killed before it could: their names hold its pid. */
export async function sweepRunFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^snippet-(\d+)-[A-Za-z0-9]{6}$/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    // Another user's folder stays: it cannot be removed.
    await removeRunFolder(join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
