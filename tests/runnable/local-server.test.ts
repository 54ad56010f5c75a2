/** The server behind `npm start`: files, headers, ports, and its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startLocalServer } from '../../server/local-server.ts';
import { headersFor } from '../../src/site/headers.ts';
import { say } from '../../tools/start-sentences.mjs';
import { startServerProcess } from './attack/server-process.ts';

const parent = mkdtempSync(join(tmpdir(), 'site-'));
const folder = join(parent, 'dist');
const file = (name: string, text: string) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};
file('index.html', 'home');
file('en/index.html', 'english');
file('a b/index.html', 'spaces');
file('troubleshooting/lab/index.html', 'lesson');
file('404.html', 'not here');
file('_astro/x.js', 'export const x = "0123456789";');
file('labs/oom.sh', '#!/bin/sh\n');
file('.built-from', 'secret');
file('.git/config', 'secret');
writeFileSync(join(parent, 'outside.txt'), 'secret');
writeFileSync(join(parent, 'dist-other.txt'), 'secret');

let server: LocalServer;
let base: string;
beforeAll(async () => {
  server = await startLocalServer({ folder, port: 0 });
  base = `http://localhost:${server.port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(parent, { recursive: true });
});

/** The whole answer to a request line that no client would send. */
async function raw(target: string, headers = ''): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost:${server.port}\r\nConnection: close\r\n${headers}\r\n`);
  let said = '';
  for await (const piece of socket.setEncoding('utf8')) said += piece;
  return said;
}

describe('files', () => {
  it.each([
    ['/', 'home', 'text/html'],
    ['/?q=1', 'home', 'text/html'],
    ['/en/', 'english', 'text/html'],
    ['/a%20b/', 'spaces', 'text/html'],
    ['/troubleshooting/lab/', 'lesson', 'text/html'],
    ['/_astro/x.js', 'export const x = "0123456789";', 'text/javascript'],
    ['/labs/oom.sh', '#!/bin/sh\n', 'text/plain; charset=utf-8'],
  ])('%s', async (path, text, type) => {
    const response = await fetch(base + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    expect(await response.text()).toBe(text);
  });

  it.each(['/', '/en/', '/_astro/x.js', '/labs/oom.sh', '/nope', '/en'])(
    '%s carries the header table',
    async (path) => {
      const response = await fetch(base + path, { redirect: 'manual' });
      for (const [name, value] of Object.entries(headersFor(path)))
        if (response.ok || name.startsWith('Cross-Origin')) expect(response.headers.get(name), name).toBe(value);
    },
  );

  it('an address without its slash leads to the one with it', async () => {
    for (const [from, to] of [
      ['/en', '/en/'],
      ['/troubleshooting/lab?x=1&y=2', '/troubleshooting/lab/?x=1&y=2'],
    ]) {
      const response = await fetch(base + from, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([301, to]);
    }
  });

  it('HEAD has the headers and no body; other methods are refused', async () => {
    const head = await fetch(base, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', '']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await fetch(base, { method })).status, method).toBe(405);
  });

  it('what the browser has is not sent again', async () => {
    const etag = (await fetch(base)).headers.get('etag') ?? '';
    expect((await fetch(base, { headers: { 'If-None-Match': etag } })).status).toBe(304);
  });

  it.each([
    ['bytes=0-4', 206, 'expor'],
    ['bytes=23-', 206, '56789";'],
    ['bytes=900-', 416, ''],
    ['bytes=-5', 200, 'export const x = "0123456789";'],
    ['bytes=9-2', 200, 'export const x = "0123456789";'],
    ['bytes=0-0', 200, 'export const x = "0123456789";'],
    ['bytes=x', 200, 'export const x = "0123456789";'],
    ['bytes=0-1,4-5', 200, 'export const x = "0123456789";'],
  ])('the range %s is answered with %i', async (Range, status, text) => {
    const response = await fetch(`${base}/_astro/x.js`, { headers: { Range } });
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  it.each([
    '/../outside.txt',
    '/../dist-other.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/%2e%2e%2foutside.txt',
    '/en/../../outside.txt',
    '/en/%2e%2e/%2e%2e/outside.txt',
    '/..\\outside.txt',
    '/..%5coutside.txt',
    '//etc/passwd',
    '/.built-from',
    '/.git/config',
    '/%2egit/config',
    '/en/..%00/x',
    '/%',
    '/%ff',
    '*',
  ])('%s gives nothing away', async (target) => {
    const said = await raw(target);
    expect(said).not.toContain('secret');
    expect(said).not.toContain('root:');
    expect(said).toMatch(/^HTTP\/1\.1 40[04]/);
  });

  it.each(['//en', '//evil.example/..', '/\\evil.example', '//localhost/en'])(
    '%s leads to no other host',
    async (target) => {
      expect(await raw(target)).not.toMatch(/^location:/im);
    },
  );
});

describe('where it listens', () => {
  it('is this machine only', async (context) => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one && !one.internal && one.family === 'IPv4');
    if (!outside) return context.skip('this machine has no other address than loopback');
    const socket = connect(server.port, outside.address);
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'open'),
      once(socket, 'error').then(() => 'closed'),
    ]).catch(() => 'closed');
    socket.destroy();
    expect(outcome).toBe('closed');
  });

  it.for(['127.0.0.1', '::1'])('a port taken on %s leads to the next one', async (host, context) => {
    const other = createServer();
    other.listen(4536, host);
    const [event] = await Promise.race([
      once(other, 'listening').then(() => ['up']),
      once(other, 'error').then(() => ['none']),
    ]);
    if (event === 'none') return context.skip(`this machine has no ${host}`);
    const second = await startLocalServer({ folder, port: 4536 });
    expect(second.port).toBe(4537);
    await second.close();
    other.close();
  });

  it('rejects when every port is taken', async () => {
    const other = createServer().listen(4536, '127.0.0.1');
    await once(other, 'listening');
    await expect(startLocalServer({ folder, port: 4536, attempts: 0 })).rejects.toThrow('EADDRINUSE');
    other.close();
  });
});

describe('the process', () => {
  const main = join(import.meta.dirname, '../../server/main.ts');

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends cleanly at %s', async (signal) => {
    const one = await startServerProcess(4538);
    // A connection that is kept open must not keep it from ending.
    await fetch(one.url);
    one.child.kill(signal);
    one.child.kill(signal);
    const [code] = await once(one.child, 'exit');
    expect(code).toBe(0);
    await one.stop();
  });

  it('ends when npm start has gone, however it went', async () => {
    const child = spawn(process.execPath, [main, '--port', '4538', '--folder', folder], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    await once(child.stdout ?? child, 'data');
    child.disconnect();
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it.each([
    [['--port', '0'], 2, say('bad-port', { port: '0' }, 'ko')],
    [['--port', 'x'], 2, say('bad-port', { port: 'x' }, 'ko')],
    [['--folder', join(parent, 'nowhere')], 1, say('not-built', {}, 'ko')],
  ])('says in the language of the terminal what is wrong with %j', async (args, code, sentence) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, LC_ALL: 'ko_KR.UTF-8' } });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (piece) => {
      said += piece;
    });
    expect((await once(child, 'close'))[0]).toBe(code);
    expect(said.trim()).toBe(sentence);
  });
});
