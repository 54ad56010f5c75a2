/** What the page and the worker with the machine say to each other. */
import type { RunResult } from '../contract.ts';
import type { ImageManifest } from './image.ts';
import type { GuestUser } from './machine.ts';

/** Why there is no machine. Each cause has its own sentence under `vm.failed.<cause>`. */
export type VmFailure =
  /** WebAssembly is switched off, or a content security policy forbids it. */
  | 'no-webassembly'
  | 'unsupported-browser'
  /** Neither HTTPS nor localhost: there are no checksums and no cache. */
  | 'insecure-context'
  | 'no-image'
  /** The code of the worker could not be loaded. */
  | 'not-loaded'
  /** The download ended early. */
  | 'broken-off'
  /** A file does not have its checksum. Nothing of it is kept. */
  | 'damaged'
  | 'too-little-memory'
  | 'guest-silent'
  | 'worker-died'
  | 'unknown';

/**
 * What takes time on the way to the prompt. `download`: from the press to the last byte. `unpack`: from there until it is unpacked and
 * verified. `cache`: the same where all is in the cache. `restore`: until the prompt. `settle`: until clock, size and file are there.
 */
export type Step = 'download' | 'unpack' | 'cache' | 'restore' | 'settle';

export interface BrowserLab {
  /** Name of the script in the guest, such as "emfile.sh". */
  file: string;
  script: string;
  user: GuestUser;
  timeoutMs: number;
  maxOutputBytes: number;
}

export interface StartOrder {
  /** Address of the folder with the image, with a slash at its end. */
  folder: string;
  manifest: ImageManifest;
  lab: BrowserLab;
  /** Whether the lab starts at once; else it only lies in the home folder. */
  run: boolean;
  columns: number;
  rows: number;
}

export type ToWorker =
  | { type: 'start'; order: StartOrder }
  | { type: 'keys'; keys: string }
  | { type: 'resize'; columns: number; rows: number }
  | { type: 'pause' }
  | { type: 'resume' };

export type FromWorker =
  | { type: 'downloading'; bytes: number; total: number }
  | { type: 'verifying' }
  | { type: 'restoring' }
  /** How long something took, in milliseconds since 1970 with their fractions: the clock of a worker begins with the worker. */
  | { type: 'step'; step: Step; from: number; to: number }
  /** The terminal is the reader's, or the lab's. */
  | { type: 'prompt' }
  | { type: 'running' }
  | { type: 'terminal'; bytes: Uint8Array<ArrayBuffer> }
  /** The terminal does not get the rest of what this command prints. */
  | { type: 'flood' }
  /** Whole lines of the transcript. */
  | { type: 'output'; text: string }
  | { type: 'ended'; result: RunResult; lost: boolean }
  | { type: 'failed'; cause: VmFailure; message: string }
  /** Once a second, so that the page notices where the worker has gone. */
  | { type: 'alive' };
