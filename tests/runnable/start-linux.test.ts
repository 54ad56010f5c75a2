/** What `npm start` does about the Linux image: real builds, begun and ended. tests/vm/delivery.test.ts lets one come to its end. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { imageSituation } from '../../server/linux-build.ts';
import { imageServer } from '../../server/linux-image.ts';
import { say } from '../../tools/start-sentences.mjs';
import { LinuxServer } from './linux-server.ts';

vi.hoisted(() => {
  // Before image-folder.ts reads it: the situation must not depend on what was built here.
  process.env['LINUX_IMAGE_FOLDER'] = '/nonexistent/image';
});

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
const here = imageSituation();
const cannotBuild = here.kind === 'can-build' ? undefined : `no image can be built on this machine (${here.kind})`;

let server: LinuxServer;
beforeEach(() => {
  server = new LinuxServer();
});
afterEach(() => server.end());

describe('where it can be built', () => {
  it.each([
    ['Debian 12', debian, /^(?:can-build|lacks-program)$/],
    [
      'a derivative of Debian 12',
      'ID=linuxmint\nVERSION_CODENAME=faye\nDEBIAN_CODENAME=bookworm\n',
      /^(?:can-|lacks-)/,
    ],
    ['Debian 13', 'ID=debian\nVERSION_CODENAME=trixie\n', /^other-system$/],
    ['Ubuntu', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n', /^other-system$/],
    ['macOS and Windows, which have no such file', '', /^other-system$/],
  ])('%s', (_, osRelease, kind) => {
    expect(imageSituation(osRelease).kind).toMatch(kind);
  });
});

describe('its address', () => {
  it.each([
    ['/', '/linux/', '/course/linux/'],
    ['/course/', '/course/linux/', '/linux/'],
    ['/course', '/course/linux/', '/courselinux/'],
  ])('is under the base %s of the site', async (base, folder, elsewhere) => {
    const state = 'linux.0123456789ab.xz';
    writeFileSync(join(server.image, state), 'packed');
    const answerWith = imageServer(base, server.image);
    const host = createServer((request, response) => answerWith(request, response) || response.writeHead(418).end());
    await once(host.listen(0, '127.0.0.1'), 'listening');
    const { port } = host.address() as AddressInfo;
    const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
    const answer = await ask(folder + state);
    expect(await answer.text()).toBe('packed');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/x-xz',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'same-origin',
    });
    // Whatever is not a file of the image is somebody else's to answer.
    for (const path of [elsewhere + state, folder, `${folder}manifest.json`, `${folder}..%2fimage%2f${state}`])
      expect((await ask(path)).status, path).toBe(418);
    expect((await ask(folder + state, 'POST')).status).toBe(418);
    host.close();
    host.closeAllConnections();
  });
});

describe('without an image', () => {
  it('answers for the manifest with 404, also while it is being built', async () => {
    await server.start();
    const answer = await fetch(`${server.url}/linux/manifest.json`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('says once that it is building, and how not to', async ({ skip }) => {
    if (cannotBuild) skip(cannotBuild);
    await server.start();
    await server.line(/in the background/);
    expect(server.said.split(say('linux-building', {}, 'en'))).toHaveLength(2);
    expect(server.said).toContain('--no-linux');
  });

  it('names the program that is missing', async ({ skip }) => {
    if (cannotBuild) skip(cannotBuild);
    const programs = join(server.cache, 'programs');
    mkdirSync(programs);
    for (const name of ['apt-get', 'apt-cache', 'apt-config', 'dpkg-deb', 'tar'])
      symlinkSync(`/usr/bin/${name}`, join(programs, name));
    await server.start({ PATH: programs });
    await server.line(/is not built\. xz is not installed/);
    expect(server.builders()).toEqual([]);
  });

  it('says why it failed, goes on, and leaves nothing', async ({ skip }) => {
    if (cannotBuild) skip(cannotBuild);
    // A machine without any apt source, as apt itself has it.
    const conf = join(server.cache, 'apt.conf');
    writeFileSync(conf, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n');
    await server.start({ APT_CONFIG: conf });
    await server.line(/could not be built\. .+linux-image-686/, 50_000);
    expect(server.left()).toEqual(['apt.conf', 'image']);
    expect((await fetch(server.url)).status).toBe(200);
  });

  it('leaves a build alone that somebody else has begun', async () => {
    mkdirSync(`${server.image}.work`);
    writeFileSync(`${server.image}.lock`, `${process.pid}`);
    const child = await server.start();
    await server.line(/Another process/);
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(server.left()).toEqual(['image', 'image.lock', 'image.work']);
  });
});

describe('with an image of an older recipe', () => {
  it('serves it until the new one is there, and keeps it when the build is ended', async ({ skip }) => {
    if (cannotBuild) skip(cannotBuild);
    const older = JSON.stringify({ format: 1, inputs: 'older' });
    writeFileSync(join(server.image, 'manifest.json'), older);
    writeFileSync(join(server.image, 'boot.log'), 'not for readers');
    const child = await server.start();
    await server.fetching();
    const answer = await fetch(`${server.url}/linux/manifest.json`);
    expect([answer.status, await answer.text()]).toEqual([200, older]);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${server.url}/linux/boot.log`)).status).toBe(404);
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(server.left()).toEqual(['image', 'image/boot.log', 'image/manifest.json']);
  });
});

describe('the end', () => {
  it.for<[string, (child: ChildProcess) => void]>([
    ['Ctrl-C', (child) => child.kill('SIGINT')],
    ['SIGTERM', (child) => child.kill('SIGTERM')],
    ['the end of npm start, however it came,', (child) => child.disconnect()],
  ])('%s ends the build, and leaves no process and no file', async ([, stop], { skip }) => {
    if (cannotBuild) skip(cannotBuild);
    const child = await server.start();
    await server.fetching();
    const began = Date.now();
    stop(child);
    const [code] = await once(child, 'exit');
    expect([code, server.builders()]).toEqual([0, []]);
    expect(server.left()).toEqual(['image']);
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('takes the build with it when the server is killed', async ({ skip }) => {
    if (cannotBuild) skip(cannotBuild);
    const child = await server.start();
    await server.fetching();
    child.kill('SIGKILL');
    await once(child, 'exit');
    // What apt fetches at this moment it may fetch to its end; nothing follows.
    for (const end = Date.now() + 20_000; server.builders().length > 0; await pause(100))
      expect(Date.now(), 'processes are left').toBeLessThan(end);
  });
});
