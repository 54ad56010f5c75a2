/** How the browser tests start Chromium. */
import type { LaunchOptions } from '@playwright/test';
import { findChromium } from '../../../tools/chromium.mjs';

/**
 * Launch options for the Chromium that this machine has: `CHROMIUM`, the system's, or the one that Playwright downloaded.
 *
 * @param network false: no name resolves but this machine's own, so that no test can depend on the outside by accident
 */
export async function launchOptions({ network }: { network: boolean }): Promise<LaunchOptions> {
  const executablePath = await findChromium();
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      // Chromium's sandbox cannot be set up by root, which is who runs things in most containers.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // Containers often have a /dev/shm of 64 MiB.
      '--disable-dev-shm-usage',
      ...(network ? [] : ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1']),
    ],
  };
}
