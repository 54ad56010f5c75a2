/** What counts as installed: `npm start` and `npm test` rely on it to install what is missing, and only that. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isInstalled, isTooOldForNativeParts } from '../../../tools/install.mjs';

const here = { os: [process.platform], cpu: [process.arch], optional: true, version: '1.0.0' };
const elsewhere = { os: ['plan9'], cpu: ['pdp11'], optional: true, version: '1.0.0' };
const lock = {
  '': {},
  'node_modules/tool': {
    version: '2.0.0',
    optionalDependencies: { 'part-glibc': '1.0.0', 'part-musl': '1.0.0', 'part-plan9': '1.0.0' },
  },
  'node_modules/part-glibc': here,
  'node_modules/part-musl': here,
  'node_modules/part-plan9': elsewhere,
  'node_modules/linked': { link: true },
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder with that lock file, in which these packages were installed; none at all without a second argument. */
function folder(installed?: Record<string, object>): string {
  const path = mkdtempSync(join(tmpdir(), 'install-'));
  folders.push(path);
  writeFileSync(join(path, 'package-lock.json'), JSON.stringify({ packages: lock }));
  if (installed) {
    mkdirSync(join(path, 'node_modules'));
    writeFileSync(join(path, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }
  return path;
}

const tool = { 'node_modules/tool': { version: '2.0.0' } };
const part = { 'node_modules/part-glibc': { version: '1.0.0' } };

describe('isInstalled', () => {
  it.each([
    ['nothing was installed', undefined, false],
    ['the package and the part for this machine are there', { ...tool, ...part }, true],
    ['a required package is missing', part, false],
    ['a package has another version', { 'node_modules/tool': { version: '1.9.0' }, ...part }, false],
    [
      'a package is there that the lock file does not name',
      { ...tool, ...part, 'node_modules/x': { version: '1' } },
      false,
    ],
    ['npm left out every part for this machine', tool, false],
  ])('%s', (_, installed, expected) => {
    expect(isInstalled(folder(installed))).toBe(expected);
  });

  it('holds for this repository, which runs', () => {
    expect(isInstalled(process.cwd())).toBe(true);
  });
});

describe('an old Node', () => {
  it.each([
    ['20.11.0', true],
    ['20.18.3', true],
    ['21.7.0', true],
    ['22.11.0', true],
    ['20.19.0', false],
    ['22.12.0', false],
    ['24.0.0', false],
  ])('%s: npm would leave out native parts: %s', (version, expected) => {
    expect(isTooOldForNativeParts(version)).toBe(expected);
  });

  it('tells npm a version that the native parts and the toolchain both fit', () => {
    const version = execFileSync(process.execPath, ['--require', './tools/npm-engine.cjs', '-p', 'process.version'], {
      encoding: 'utf8',
    }).trim();
    expect(isTooOldForNativeParts(version.slice(1))).toBe(false);
    // engines of tools/toolchain-node: "<22.19.0 || 23.x || 25.x"
    expect(version).toMatch(/^v22\.1[2-8]\./);
  });
});
