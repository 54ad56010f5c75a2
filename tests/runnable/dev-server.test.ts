/** `npm run dev`: the same headers and the same guarded runner as the local server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { headersFor } from '../../src/site/headers.ts';
import { commandPath, toolchainEnvironment } from '../../tools/with-node.mjs';
import { eventsOf, goneAfter, openRun, runRequest, type ServerProcess, send, spec } from './attack/server-process.ts';

const port = 4537;
let astro: ChildProcess;
let server: ServerProcess;
/** Where this server looks for the Linux image: whether one was built here must not matter. */
const image = join(mkdtempSync(join(tmpdir(), 'dev-image-')), 'image');

beforeAll(async () => {
  // The lock would refuse a second server beside an author's own; this one leaves it alone.
  const argv = [commandPath('astro'), 'dev', '--port', String(port), '--ignore-lock'];
  astro = spawn(process.execPath, argv, {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'ignore',
    env: { ...toolchainEnvironment(process.execPath), LINUX_IMAGE_FOLDER: image },
  });
  const url = `http://localhost:${port}`;
  const pageHeaders = { Origin: url, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'empty' };
  server = { port, url, child: astro, pageHeaders, token: '', stop: async () => {} };
  for (const end = Date.now() + 50_000; server.token === ''; await pause(200)) {
    if (Date.now() > end || astro.exitCode !== null) throw new Error('astro dev did not start');
    const { status, body } = await ask({ path: '/__runner/session', headers: pageHeaders });
    if (status === 200) server.token = JSON.parse(body).token;
  }
}, 60_000);

afterAll(async () => {
  rmSync(join(image, '..'), { recursive: true, force: true });
  if (astro.exitCode !== null || astro.signalCode !== null) return;
  astro.kill('SIGKILL');
  await once(astro, 'exit');
});

// `localhost` of a dev server may be either loopback address.
const ask = (sent: { path: string; headers?: Record<string, string> }) =>
  send({ port, host: 'localhost' }, { method: 'GET', ...sent });

it('sends the header table', async () => {
  const { headers } = await ask({ path: '/favicon.svg' });
  for (const [name, value] of Object.entries(headersFor('/favicon.svg')))
    expect(headers[name.toLowerCase()]).toBe(value);
});

it('serves the Linux image as soon as there is one', async () => {
  const path = '/linux/manifest.json';
  expect((await ask({ path })).status).toBe(404);
  mkdirSync(image);
  writeFileSync(join(image, 'manifest.json'), '{"format":1}');
  const { status, body, headers } = await ask({ path });
  expect([status, body]).toEqual([200, '{"format":1}']);
  expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'cross-origin-embedder-policy': 'require-corp' });
});

it('runs a program for its own page', async () => {
  const answer = await send({ port, host: 'localhost' }, runRequest(server, spec("console.log('dev')")));
  expect(eventsOf(answer)).toMatchObject({ output: 'dev\n', result: { outcome: 'exited', code: 0 } });
});

it.each([
  ['another Host', { Host: 'evil.example' }],
  ['another site', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
  ['another port, which Vite itself would let read', { Origin: 'http://localhost:1', 'Sec-Fetch-Site': 'same-site' }],
  ['no page at all', { Origin: '', 'Sec-Fetch-Site': '' }],
])('tells no token to %s', async (_, change) => {
  const all: Record<string, string> = { ...server.pageHeaders, ...change };
  const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  const { status, body } = await ask({ path: '/__runner/session', headers });
  expect(status).toBe(403);
  expect(body).not.toContain(server.token);
});

it('takes its programs with it at Ctrl-C', async (context) => {
  if (process.platform !== 'linux') context.skip('it looks for the process in /proc');
  const mark = `dev-mark-${process.pid}`;
  const run = openRun(
    { ...server, host: 'localhost' },
    spec("console.log('up'); setInterval(() => {}, 1000);", { argv: ['node', 'main.mjs', mark] }),
  );
  await run.printed('up');
  astro.kill('SIGINT');
  await once(astro, 'exit');
  await goneAfter(mark, 1_500);
});
