/** The Linux image in a deployed build: all of it where one is built, and nothing that points to it where none is. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { howToBuild } from '../../linux-vm/restore.ts';
import { publishedFiles } from '../../server/linux-image.ts';
import { sourcesOf } from '../../src/components/machine/image-sources.ts';
import { attribute, deployed, filesOf, local, pages } from './pages.ts';

const folder = join(deployed, 'linux');
const files = filesOf(deployed).filter((file) => /^linux\//.test(file) && file !== 'linux/index.html');
const there = existsSync(join(folder, 'manifest.json'));
const manifest = there ? JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) : undefined;

it('holds the files that the manifest names, with its checksums, and nothing else', ({ skip }) => {
  if (!there) skip(howToBuild);
  const packed = [manifest.library.file, manifest.wasm.file].flatMap((name) => [`${name}.br`, `${name}.gz`]);
  const wanted = [...publishedFiles(manifest), ...packed].map((name) => `linux/${name}`);
  expect(files.sort()).toEqual(wanted.sort());
  for (const { file, sha256 } of [manifest.state, manifest.library, manifest.wasm])
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
      file,
    ).toBe(sha256);
});

it('has packed copies of what can be packed', ({ skip }) => {
  if (!there) skip(howToBuild);
  for (const { file } of [manifest.library, manifest.wasm]) {
    const plain = readFileSync(join(folder, file));
    expect(brotliDecompressSync(readFileSync(join(folder, `${file}.br`))).equals(plain), file).toBe(true);
    expect(gunzipSync(readFileSync(join(folder, `${file}.gz`))).equals(plain), file).toBe(true);
  }
});

it('is at most 9 MB to download, packed', ({ skip }) => {
  if (!there) skip(howToBuild);
  const packed = [manifest.library.file, manifest.wasm.file].map(
    (name) => readFileSync(join(folder, `${name}.br`)).length,
  );
  expect(packed.reduce((sum, bytes) => sum + bytes, manifest.state.bytes)).toBeLessThanOrEqual(9_000_000);
});

it('leads from every lab that runs there to the sources and the licences', ({ skip }) => {
  const page = pages.find(({ path }) => path === '/linux/');
  const links = page ? attribute(page, 'main a[href]', 'href') : [];
  const texts = ['LICENCES.txt', 'SOURCES.md', 'manifest.json'].map((name) => `/linux/${name}`);
  expect(links.filter((href) => texts.includes(href))).toEqual(there ? texts : []);
  for (const [lab, target] of [
    ['/labs/emfile/', '/linux/'],
    ['/en/labs/emfile/', '/en/linux/'],
  ] as const) {
    const own = pages.find(({ path }) => path === lab);
    expect(own && attribute(own, 'main a[href]', 'href')).toContain(target);
  }
  if (!there) skip(howToBuild);
  const text = readFileSync(join(deployed, 'linux/index.html'), 'utf8');
  for (const { name, version } of manifest.packages.flatMap(sourcesOf)) expect(text).toContain(`${name}=${version}`);
});

it('leaves it out of the local build, whose server has it from where it was built', () => {
  expect(filesOf(local).filter((file) => /^linux\/(?!index\.html)/.test(file))).toEqual([]);
});
