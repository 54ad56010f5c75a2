/** The Node versions that recordings are made on: the platform packages of tools/node-versions. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./node-versions/node_modules', import.meta.url));

export interface NodeVersion {
  /** Such as 24. */
  major: number;
  path: string;
}

/** The installed versions that run on this machine, oldest first; empty where none is (another system than Linux, or not installed). */
export function nodeVersions(): NodeVersion[] {
  if (process.platform !== 'linux' || !existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const major = new RegExp(`^node-(\\d+)-${process.arch}$`).exec(name)?.[1];
      return major ? [{ major: Number(major), path: join(folder, name, 'bin', 'node') }] : [];
    })
    .sort((a, b) => a.major - b.major);
}
