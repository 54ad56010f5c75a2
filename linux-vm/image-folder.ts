/** Where the image is, and whether it is the one of this recipe. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageManifest } from '../src/runtime/linux-vm/image.ts';

/** manifest.json, the files that it names, and the texts that must go with them. Not in git: whoever needs it builds it. */
export const imageFolder =
  process.env['LINUX_IMAGE_FOLDER'] || fileURLToPath(new URL('../.cache/linux-vm/image', import.meta.url));

/** Where a build works, and where its result stands until it is whole. Whoever ends a build removes both. */
export const unfinished = { work: `${imageFolder}.work`, next: `${imageFolder}.next` };

/** The source packages of the image, where they were asked for: no part of the site. */
export const sourcesFolder = `${imageFolder}.sources`;

/** Holds the process id of the build that is going on: two at a time would take each other's files away. */
export const lockFile = `${imageFolder}.lock`;

/** The manifest as it is kept here, with what it was built from. */
export type BuiltManifest = ImageManifest & {
  /** `inputsHash` at the time. */
  inputs: string;
};

/** The manifest of the image that is there; nothing where there is none. */
export function readManifest(folder = imageFolder): BuiltManifest | undefined {
  const path = join(folder, 'manifest.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** What uses an image and has no part in making it: changing these makes none stale. */
const users = ['labs.ts', 'record.ts', 'restore.ts', 'lock.ts'];

/** A hash of what decides the image, but for the versions of the packages: these are looked up when it is built. */
export function inputsHash(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const hash = createHash('sha256');
  for (const path of readdirSync(here, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !users.includes(path.slice(here.length)))
    .sort())
    hash.update(`${path.slice(here.length)}\0`).update(readFileSync(path));
  const require = createRequire(import.meta.url);
  const v86 = join(require.resolve('v86'), '../../package.json');
  return hash.update(readFileSync(v86)).digest('hex');
}
