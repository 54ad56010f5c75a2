/** The image as the builder writes it and a page fetches it: a manifest, and the files that it names. */
import * as xz from 'xz-decompress';
import { RelativeCalls } from './calls.ts';
import type { MachineOptions } from './emulator.ts';

// The package is CommonJS, which Node hands over as a default export and a bundler by its names.
const { XzReadableStream } = (xz as typeof xz & { default?: typeof xz }).default ?? xz;

/** A file beside the manifest. The name has a part of the hash in it, so that it may be cached for ever. */
export interface ImageFile {
  file: string;
  /** As it is downloaded. */
  bytes: number;
  /** Of the file as it is downloaded, in hexadecimal. */
  sha256: string;
  /** Unpacked, where it is packed. */
  unpackedBytes?: number;
}

export interface ImagePackage {
  name: string;
  version: string;
  sha256: string;
  /** Source package and its version. */
  source: string;
  builtUsing: string[];
}

/** manifest.json */
export interface ImageManifest {
  /** Of this shape; another number is not for this code. */
  format: 1;
  /** ISO date. */
  built: string;
  /** Such as "6.1.0-50-686". */
  kernel: string;
  /** Such as "12.15". */
  debian: string;
  v86: string;
  machine: MachineOptions;
  state: ImageFile;
  /** v86's own two files. */
  library: ImageFile;
  wasm: ImageFile;
  packages: ImagePackage[];
  /** What apt could not verify and so did not use, in its own words; empty for a release. */
  unverified: string;
}

/** A file that is not what the manifest says: the download was cut off, or changed on its way. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/**
 * Unpacks a state while it arrives, checks it, and gives its bytes.
 *
 * @param stream of the file as it is downloaded
 * @throws `DamagedFile` where the bytes are not those of the manifest; whatever the stream fails with
 */
export async function unpack(stream: ReadableStream<Uint8Array>, file: ImageFile): Promise<Uint8Array<ArrayBuffer>> {
  const unpacked = new Uint8Array(file.unpackedBytes ?? 0);
  const calls = new RelativeCalls(unpacked);
  const packed = new Uint8Array(file.bytes);
  let arrived = 0;
  let broken: { reason: unknown } | undefined;
  let verified: Promise<void> | undefined;
  const source = stream.getReader();
  // Keeps the packed bytes for the checksum, and remembers whether it was the download that failed or what came of it.
  const kept = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.read().catch((reason: unknown) => {
        broken = { reason };
        throw reason;
      });
      if (done) {
        // Elsewhere than in this thread, which unpacks the end meanwhile.
        verified = verify(packed, file);
        verified.catch(() => {});
        return controller.close();
      }
      if (arrived + value.length > packed.length)
        throw new DamagedFile(`${file.file} is longer than ${file.bytes} bytes`);
      packed.set(value, arrived);
      arrived += value.length;
      controller.enqueue(value);
    },
    cancel: (reason) => source.cancel(reason),
  });
  let at = 0;
  const reader = new XzReadableStream(kept).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (at + part.value.length > unpacked.length)
        throw new DamagedFile(`${file.file} unpacks to more than it should`);
      unpacked.set(part.value, at);
      at += part.value.length;
      calls.upTo(at);
    }
  } catch (error) {
    // The decoder names no file, and says no more than that it could not go on.
    if (broken) throw broken.reason;
    if (error instanceof DamagedFile) throw error;
    throw new DamagedFile(`${file.file} cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
  if (arrived < packed.length) throw new DamagedFile(`${file.file} ends after ${arrived} of ${file.bytes} bytes`);
  if (at !== unpacked.length) throw new DamagedFile(`${file.file} unpacks to ${at} of ${unpacked.length} bytes`);
  await (verified ?? verify(packed, file));
  return unpacked;
}

/** Rejects with `DamagedFile` unless these are the bytes of the manifest. */
export async function verify(bytes: Uint8Array<ArrayBuffer>, file: ImageFile): Promise<void> {
  if ((await sha256(bytes)) !== file.sha256)
    throw new DamagedFile(`${file.file} does not have the checksum of the manifest`);
}

/** In hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
