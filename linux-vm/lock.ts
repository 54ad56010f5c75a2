/** One build at a time: `npm start` makes the image in the background, and its user may run `npm run vm:build` meanwhile. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockFile } from './image-folder.ts';
import { BuildFailure } from './packages.ts';

/** Process id of the build that holds the lock; undefined where none does. */
export function lockHolder(): number | undefined {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'));
    // Fails where there is no such process: a build that was killed.
    process.kill(holder, 0);
    return holder;
  } catch {
    return undefined;
  }
}

/** Does the work while no other process does. Throws a `BuildFailure` where one is at it. */
export async function locked<T>(work: () => Promise<T>): Promise<T> {
  const holder = lockHolder();
  if (holder !== undefined) throw new BuildFailure(`The image is being built already (process ${holder}).`);
  rmSync(lockFile, { force: true });
  mkdirSync(dirname(lockFile), { recursive: true });
  // Of two that come at the same moment, one fails here.
  writeFileSync(lockFile, `${process.pid}`, { flag: 'wx' });
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}
