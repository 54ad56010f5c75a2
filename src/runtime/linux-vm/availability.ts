/** Whether this page can run the machine: what the browser has, and what the site serves. */
import { cacheName, imagePath } from './address.ts';
import type { ImageManifest } from './image.ts';
import type { VmFailure } from './messages.ts';

/** Below this, in GiB as `navigator.deviceMemory` rounds it, a tab with the machine is likely to be ended by the system. */
const leastDeviceMemory = 2;

/** Address of the folder with the image. @param base of the site, such as "/" or "/course/" */
export function imageFolder(base: string): string {
  return new URL(`${base.replace(/\/$/, '')}/${imagePath}`, location.href).href;
}

/**
 * The manifest of the site's image; from the cache where the site cannot be reached. Undefined where there is none, or one that this page's
 * code does not know. Never rejects.
 */
export async function servedManifest(folder: string): Promise<ImageManifest | undefined> {
  const address = `${folder}manifest.json`;
  const response = await fetch(address, { cache: 'no-cache' }).catch(() => keptManifest(address));
  if (!response?.ok) return undefined;
  // A host may answer every address with a page.
  const manifest = (await response.json().catch(() => undefined)) as ImageManifest | undefined;
  return manifest?.format === 1 ? manifest : undefined;
}

async function keptManifest(address: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(cacheName)).match(address);
  } catch {
    return undefined;
  }
}

/** What this browser lacks, if anything. */
export function missingFeature(): VmFailure | undefined {
  if (typeof WebAssembly !== 'object') return 'no-webassembly';
  if (!isSecureContext || !globalThis.crypto?.subtle || !('caches' in globalThis)) return 'insecure-context';
  // ReadableStream in the worker is as old as WebAssembly; what the page's code itself needs is in every browser that has module workers.
  if (typeof Worker !== 'function' || !moduleWorkers()) return 'unsupported-browser';
  return undefined;
}

/** Asks without starting one: a browser that knows the option reads it, and only then finds that this is no address. */
function moduleWorkers(): boolean {
  let known = false;
  const options = {
    get type(): WorkerType {
      known = true;
      return 'module';
    },
  };
  try {
    new Worker('https://', options).terminate();
  } catch {
    // The address.
  }
  return known;
}

/** Too little by what the browser says of the device; not every browser says it, and a second press tries all the same. */
export function littleMemory(): boolean {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return deviceMemory !== undefined && deviceMemory < leastDeviceMemory;
}
