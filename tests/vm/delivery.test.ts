/** The image on its way to the reader: made in the background of `npm start`, served, and seen by a page without a restart. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { imageSituation } from '../../server/linux-build.ts';
import { publishedFiles } from '../../server/linux-image.ts';
import type { ImageFile, ImageManifest } from '../../src/runtime/linux-vm/image.ts';
import { headersFor } from '../../src/site/headers.ts';
import { LinuxServer } from '../runnable/linux-server.ts';

vi.hoisted(() => {
  // Before image-folder.ts reads it: that an image was built for the other tests says nothing about this machine.
  process.env['LINUX_IMAGE_FOLDER'] = '/nonexistent/image';
});

let server: LinuxServer;
beforeAll(() => {
  server = new LinuxServer();
});
afterAll(() => server.end());

it('is built in the background and is then there, whole, with the headers of the table', async ({ skip }) => {
  const { kind } = imageSituation();
  if (kind !== 'can-build') skip(`no image can be built on this machine (${kind})`);
  const address = (name: string) => `${server.url}/linux/${name}`;
  await server.start();
  expect((await fetch(address('manifest.json'))).status).toBe(404);
  await server.line(/is ready after \d+ s/, 590_000);
  expect(server.left().filter((name) => !name.startsWith('image/'))).toEqual(['image']);
  expect(server.builders()).toEqual([]);

  const manifest = (await (await fetch(address('manifest.json'))).json()) as ImageManifest;
  const { state, library, wasm } = manifest;
  for (const { file, bytes, sha256 } of [state, library, wasm] satisfies ImageFile[]) {
    const answer = await fetch(address(file));
    for (const [name, value] of Object.entries(headersFor(`/linux/${file}`)))
      expect(answer.headers.get(name), `${file}: ${name}`).toBe(value);
    const content = Buffer.from(await answer.arrayBuffer());
    expect(content.length).toBe(bytes);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  }
  // It asks for no page of the site, and gives none of what is not for readers.
  for (const name of publishedFiles({ ...manifest, inputs: '' })) expect((await fetch(address(name))).status).toBe(200);
  for (const name of ['boot.log', '../image.lock', '%2e%2e/image.lock', 'v86.wasm', ''])
    expect((await fetch(address(name))).status, name).toBe(404);
}, 600_000);
