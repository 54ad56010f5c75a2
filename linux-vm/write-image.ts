/** Writes the image: files with their hash in the name, the manifest, and the texts that its licences ask for. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { ImageFile } from '../src/runtime/linux-vm/image.ts';
import type { BuiltManifest } from './image-folder.ts';
import { licenceTexts, sourcesText } from './licences.ts';
import type { Fetched } from './packages.ts';
import { machineOptions } from './recipe.ts';
import { readV86, type Snapshot, v86Folder } from './snapshot.ts';
import type { Unpacked } from './unpack.ts';

interface Packed {
  packed: Buffer;
  unpackedBytes: number;
}

export interface Image {
  /** `inputsHash` before anything was read. */
  inputs: string;
  fetched: Fetched;
  unpacked: Unpacked;
  snapshot: Snapshot;
  state: Packed;
}

export function writeImage(folder: string, image: Image): void {
  const { fetched, unpacked, snapshot } = image;
  mkdirSync(folder, { recursive: true });
  const write = (name: string, extension: string, content: Buffer): ImageFile => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const file = `${name}.${sha256.slice(0, 12)}.${extension}`;
    writeFileSync(join(folder, file), content);
    return { file, bytes: content.length, sha256 };
  };
  const writePacked = (name: string, { packed, unpackedBytes }: Packed) => ({
    ...write(name, 'xz', packed),
    unpackedBytes,
  });
  const packages = [fetched.kernel, ...Object.values(fetched.programs)];
  const manifest: BuiltManifest = {
    format: 1,
    inputs: image.inputs,
    built: new Date().toISOString().slice(0, 10),
    kernel: snapshot.release,
    debian: readFileSync(join(unpacked.tree, 'etc/debian_version'), 'utf8').trim(),
    v86: createRequire(import.meta.url)(join(v86Folder, '../package.json')).version,
    machine: machineOptions,
    state: writePacked('linux', image.state),
    library: write('libv86', 'mjs', readV86('libv86.mjs')),
    wasm: write('v86', 'wasm', readV86('v86.wasm')),
    packages: packages.map(({ name, version, sha256, source, builtUsing }) => ({
      name,
      version,
      sha256,
      source,
      builtUsing,
    })),
    unverified: fetched.unverified,
  };
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'boot.log'), snapshot.log.replaceAll('\r', ''));
  writeFileSync(join(folder, 'SOURCES.md'), sourcesText(manifest));
  writeFileSync(join(folder, 'LICENCES.txt'), licenceTexts(unpacked.copyrights, unpacked.licences));
}

/** What a reader downloads, as a table: the files of v86 as a host sends them, packed with brotli or gzip. */
export function sizeTable(manifest: BuiltManifest): string {
  const rows = downloadRows(manifest);
  const line = ([name, ...cells]: (string | number)[]) =>
    `${String(name).padEnd(44)}${cells.map((cell) => String(cell).padStart(12)).join('')}`;
  return [line(['download, bytes', 'brotli', 'gzip']), ...rows.map(line)].join('\n');
}

export function downloadRows({ state, wasm, library }: BuiltManifest): [string, number, number][] {
  const sent = ({ file }: ImageFile): [number, number] => {
    const content = file.endsWith('.wasm') ? readV86('v86.wasm') : readV86('libv86.mjs');
    return [brotliCompressSync(content).length, gzipSync(content, { level: 9 }).length];
  };
  const own: [string, number, number][] = [
    ['snapshot', state.bytes, state.bytes],
    ['v86.wasm', ...sent(wasm)],
    ['libv86.mjs', ...sent(library)],
  ];
  return [...own, ['together', sum(own, 1), sum(own, 2)]];
}

const sum = (rows: [string, number, number][], column: 1 | 2) => rows.reduce((total, row) => total + row[column], 0);
