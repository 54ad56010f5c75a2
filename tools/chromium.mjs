// Finds a Chromium for the browser tests, gets one where it can, and otherwise says how.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { commandPath, toolchainEnvironment, toolchainNode } from './with-node.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const elsewhere = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .map((name) => process.env[name])
    .filter(Boolean)
    .map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

/** Path of a Chromium: the environment's CHROMIUM, the system's, or the one that Playwright downloaded; undefined if there is none. */
export async function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (onPath) return onPath;
  const installed = (elsewhere[process.platform] ?? []).find((path) => existsSync(path));
  if (installed) return installed;
  const { chromium } = await import('@playwright/test');
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

/** Like `findChromium`, but tries to get one first: from Debian's packages as root, else with Playwright's installer. */
export async function getChromium() {
  const found = await findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No Chromium here: installing the packages chromium and fonts-noto-cjk.');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium', 'fonts-noto-cjk'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  if (!(await findChromium())) {
    console.log('No Chromium here: asking Playwright to download one.');
    const node = toolchainNode();
    spawnSync(node, [commandPath('playwright'), 'install', 'chromium'], {
      stdio: 'inherit',
      env: toolchainEnvironment(node),
    });
  }
  return findChromium();
}

/** What to tell someone for whom `getChromium` found none. */
export const howToGetChromium =
  'no Chromium. Install one (Debian and Ubuntu: sudo apt-get install chromium; others: npx playwright install chromium), or set CHROMIUM to the path of one, and run npm test again';
