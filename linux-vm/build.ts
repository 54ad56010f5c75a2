/**
 * `npm run vm:build`: makes the Linux machine that runs in the reader's tab, out of Debian packages. See docs/linux-vm.md.
 *
 *   --release        an index of packages that cannot be verified stops the build
 *   --update         looks for newer packages even where an image of this recipe is there
 *   --sources FILE   apt sources to take instead of the machine's own
 *   --with-sources   fetches the source packages of the image as well, beside it: 200 MB, for whoever publishes it
 *   --quiet          says only where the image is, or why there is none
 */
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compress } from './compress.ts';
import { imageFolder, inputsHash, readManifest, sourcesFolder, unfinished } from './image-folder.ts';
import { initramfs } from './initramfs.ts';
import { sourceNames } from './licences.ts';
import { locked } from './lock.ts';
import { BuildFailure, fetchPackages, fetchSources, whyNotHere } from './packages.ts';
import { takeSnapshot } from './snapshot.ts';
import { unpack } from './unpack.ts';
import { sizeTable, writeImage } from './write-image.ts';

const { values } = parseArgs({
  options: {
    release: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    sources: { type: 'string' },
    'with-sources': { type: 'boolean', default: false },
  },
});
const log = (line: string) => values.quiet || console.log(line);

async function timed<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  log(`${what.padEnd(12)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

const fetchOptions = { folder: unfinished.work, sources: values.sources, strict: values.release, log };

/** Those of the image that is there, whenever it was built. */
async function keepSources(): Promise<void> {
  mkdirSync(unfinished.work, { recursive: true });
  const names = [...new Set(readManifest()?.packages.flatMap(sourceNames))];
  await timed('sources', () => fetchSources(fetchOptions, names, sourcesFolder));
  rmSync(unfinished.work, { recursive: true, force: true });
}

async function build(inputs: string): Promise<void> {
  const reason = whyNotHere();
  if (reason) throw new BuildFailure(reason);
  // Beside the last one, and in its place only when it is whole: whoever reads the old one is not disturbed.
  const { work, next } = unfinished;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const fetched = await timed('packages', () => fetchPackages(fetchOptions));
  const unpacked = await timed('unpack', () => unpack(fetched, work));
  const snapshot = await timed('boot', () => takeSnapshot(unpacked, initramfs(unpacked)));
  const packed = await timed('compress', () => ({
    state: { packed: compress(snapshot.state), unpackedBytes: snapshot.state.length },
  }));
  writeImage(next, { inputs, fetched, unpacked, snapshot, ...packed });
  rmSync(imageFolder, { recursive: true, force: true });
  renameSync(next, imageFolder);
  rmSync(work, { recursive: true, force: true });
}

try {
  const inputs = inputsHash();
  const existing = readManifest();
  const stale = existing?.inputs !== inputs || (values.release && existing.unverified !== '');
  if (stale || values.update) await locked(() => build(inputs));
  else log(`The image of this recipe is there (built ${existing.built}); --update looks for newer packages.`);
  if (values['with-sources']) await locked(keepSources);
  log(sizeTable(JSON.parse(readFileSync(join(imageFolder, 'manifest.json'), 'utf8'))));
} catch (error) {
  console.error(error instanceof BuildFailure ? error.message : error);
  process.exitCode = 1;
}
// v86 leaves timers and a worker behind.
process.exit();
