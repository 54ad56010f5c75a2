/** What the Linux in the browser costs a reader, in the numbers that a page says before the press. */
import type { ImageManifest } from '../../runtime/linux-vm/image.ts';

/** Without an image: what one of this recipe comes to. `npm run vm:build` prints it. */
const usualMegabytes = 9;

/** v86's two files as a host sends them, packed with gzip, and the page's own code for it: xterm.js and the worker with its decoder. */
const packedBytes = 500_000 + 150_000;

/** What the first press downloads, in millions of bytes, rounded up. */
export function downloadMegabytes(image: Pick<ImageManifest, 'state'> | null): number {
  return image ? Math.ceil((image.state.bytes + packedBytes) / 1e6) : usualMegabytes;
}

/**
 * About what the machine adds to the memory of the tab, in millions of bytes: 128 are the guest's own, the rest are v86, the programs that
 * it compiles, and for a moment the snapshot. Measured in Chromium with bench/linux-vm-page.ts: 371 to 403 in six rounds.
 */
export const browserMemoryMB = 400;
