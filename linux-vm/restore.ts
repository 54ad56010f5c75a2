/** The built image in Node: what a page does with fetch, with files. For tests, recordings and measurements. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { V86 } from 'v86';
import { type ImageFile, unpack } from '../src/runtime/linux-vm/image.ts';
import { type Machine, type RestoreOptions, restoreMachine } from '../src/runtime/linux-vm/machine.ts';
import { type BuiltManifest, imageFolder, readManifest } from './image-folder.ts';

export interface Image {
  manifest: BuiltManifest;
  state: Uint8Array<ArrayBuffer>;
  wasm: WebAssembly.Module;
  /** Unpacked archive of a program that only some labs need. */
  extra: (name: string) => Promise<Uint8Array>;
}

export const howToBuild = 'the Linux image is not built: npm run vm:build';

/** Unpacks and checks the built image. Throws where there is none. */
export async function loadImage(folder = imageFolder): Promise<Image> {
  const manifest = readManifest(folder);
  if (!manifest) throw new Error(howToBuild);
  const read = (file: ImageFile) => unpack(streamOf(join(folder, file.file)), file);
  return {
    manifest,
    state: await read(manifest.state),
    wasm: await WebAssembly.compile(readFileSync(join(folder, manifest.wasm.file))),
    extra: (name) => {
      const file = manifest.extras[name];
      if (!file) throw new Error(`the image has no ${name}`);
      return read(file);
    },
  };
}

type Given = Omit<RestoreOptions, 'V86' | 'machine' | 'wasm' | 'state'>;

/** A fresh machine at its prompt. */
export function restore(image: Image, options: Given = {}): Promise<Machine> {
  const { manifest, state, wasm } = image;
  return restoreMachine({ V86, machine: manifest.machine, wasm, state, ...options });
}

const streamOf = (path: string) => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
