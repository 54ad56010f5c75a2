import { defineConfig, devices } from '@playwright/test';
import { launchOptions } from './tests/browser/support/chromium.ts';

/**
 * Three projects. `browser` and `pages` are part of `npm test` and touch nothing outside this machine; they want a build in dist/. `pages`
 * looks at each page as it stands and may do so side by side; `browser` presses and waits, one at a time. `network` boots the real
 * WebContainer of stackblitz.com and exists only where it is named: `WEBCONTAINER_NETWORK=1 npx playwright test --project=network`.
 */
const everyPage = ['browser/accessibility.spec.ts', 'browser/overflow.spec.ts'];
// Workers read this file again, with other arguments.
if (process.argv.some((word) => word.includes('network'))) process.env.WEBCONTAINER_PROJECT = '1';
const namesNetwork = process.env.WEBCONTAINER_PROJECT === '1';
if (namesNetwork && process.env.WEBCONTAINER_NETWORK !== '1' && process.env.TEST_WORKER_INDEX === undefined)
  console.log('The network suite is skipped: set WEBCONTAINER_NETWORK=1 to boot the WebContainer of stackblitz.com.');

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: process.env.CI === 'true',
  timeout: 60_000,
  // tools/test.mjs names a test that needed it.
  retries: process.env.CI === 'true' ? 1 : 0,
  reporter: 'list',
  use: { ...devices['Desktop Chrome'], trace: 'retain-on-failure' },
  projects: [
    {
      name: 'browser',
      testMatch: 'browser/**/*.spec.ts',
      testIgnore: everyPage,
      use: { launchOptions: await launchOptions({ network: false }) },
    },
    {
      name: 'pages',
      testMatch: everyPage,
      fullyParallel: true,
      use: { launchOptions: await launchOptions({ network: false }) },
    },
    ...(namesNetwork
      ? [
          {
            name: 'network',
            testMatch: 'network/**/*.spec.ts',
            timeout: 180_000,
            use: { launchOptions: await launchOptions({ network: true }) },
          },
        ]
      : []),
  ],
});
