/** The built image in Node: what a page does with fetch, with files. For tests, recordings and measurements. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { V86 } from 'v86';
import { unpack } from '../src/runtime/linux-vm/image.ts';
import { type Machine, type RestoreOptions, restoreMachine } from '../src/runtime/linux-vm/machine.ts';
import { type BuiltManifest, imageFolder, readManifest } from './image-folder.ts';

export interface Image {
  manifest: BuiltManifest;
  state: Uint8Array<ArrayBuffer>;
  wasm: WebAssembly.Module;
}

export const howToBuild = 'the Linux image is not built: npm run vm:build';

/** Unpacks and checks the built image. Throws where there is none. */
export async function loadImage(folder = imageFolder): Promise<Image> {
  const manifest = readManifest(folder);
  if (!manifest) throw new Error(howToBuild);
  return {
    manifest,
    state: await unpack(streamOf(join(folder, manifest.state.file)), manifest.state),
    wasm: await WebAssembly.compile(readFileSync(join(folder, manifest.wasm.file))),
  };
}

type Given = Omit<RestoreOptions, 'V86' | 'machine' | 'wasm' | 'state'>;

/** A fresh machine at its prompt. */
export function restore(image: Image, options: Given = {}): Promise<Machine> {
  const { manifest, state, wasm } = image;
  return restoreMachine({ V86, machine: manifest.machine, wasm, state, ...options });
}

const streamOf = (path: string) => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
