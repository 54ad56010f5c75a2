/** The client of the local runner against the real server: the contract of all runtimes, and a server that goes away. */
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startLocalServer } from '../../server/local-server.ts';
import { prlimitPath } from '../../server/node-binary.ts';
import { LocalNodeRuntime } from '../../src/runtime/local-node.ts';
import { nodeVersions } from '../../tools/node-versions.ts';
import { contractCases, contractSpec } from '../contract/runtime-contract.ts';
import { processesWith, startServerProcess } from './attack/server-process.ts';

const folder = import.meta.dirname;

/** What a page of this server sends by itself, and Node does not. */
function asPage(port: number): { baseUrl: string; fetch: typeof fetch } {
  const baseUrl = `http://localhost:${port}`;
  return {
    baseUrl,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('Origin', baseUrl);
      headers.set('Sec-Fetch-Site', 'same-origin');
      return fetch(input, { ...init, headers });
    },
  };
}

const installed = nodeVersions();
describe.each(installed.length > 0 ? installed : [{ major: 0, path: process.execPath }])(
  'the contract, with Node $major',
  ({ path }) => {
    let server: LocalServer;
    beforeAll(async () => {
      server = await startLocalServer({ folder, port: 0, node: path });
    });
    afterAll(() => server.close());

    it.each(contractCases('local-node').map((one) => [one.name, one] as const))(
      '%s',
      async (_, { check }) => {
        const runtime = new LocalNodeRuntime(asPage(server.port));
        try {
          await check({ runtime });
        } finally {
          runtime.dispose();
        }
      },
      45_000,
    );
  },
);

describe('the local runtime', () => {
  let server: LocalServer;
  let runtime: LocalNodeRuntime;
  beforeAll(async () => {
    server = await startLocalServer({ folder, port: 0 });
    runtime = new LocalNodeRuntime(asPage(server.port));
  });
  afterAll(() => server.close());

  it('says what it is', async () => {
    expect(await runtime.prepare()).toMatchObject({
      kind: 'local-node',
      real: true,
      engine: 'v8',
      nodeVersion: execFileSync(process.env['COURSE_READER_NODE'] ?? process.execPath, ['--version'], {
        encoding: 'utf8',
      }).trim(),
      host: expect.stringMatching(/\S+, \S+ \S+/),
    });
  });

  it('is available, and for limits only where the server can set them', async () => {
    expect(await runtime.availability()).toEqual({ ok: true });
    expect(await runtime.availability({ id: 'x', limits: { nofile: 64 } })).toEqual(
      prlimitPath() ? { ok: true } : { ok: false, reason: 'needs-linux-limits' },
    );
  });

  it('reports a refusal as one', async () => {
    const run = runtime.run(contractSpec('exit-7', { argv: ['node', '--inspect', 'main.mjs'] }));
    expect(await run.done).toMatchObject({ outcome: 'failed', cause: 'refused', retry: 'never' });
  });

  it('reports a busy server as busy', async () => {
    const small = await startLocalServer({ folder, port: 0, maxParallel: 1 });
    const first = new LocalNodeRuntime(asPage(small.port)).run(contractSpec('endless'));
    for await (const event of first) if (event.type === 'output') break;
    const second = new LocalNodeRuntime(asPage(small.port)).run(contractSpec('exit-7'));
    expect(await second.done).toMatchObject({ outcome: 'failed', cause: 'busy', retry: 'same-page' });
    first.stop();
    await first.done;
    await small.close();
  });

  it('starts nothing for a page that is not isolated by its origin', async () => {
    const stranger = new LocalNodeRuntime({ baseUrl: `http://localhost:${server.port}` });
    expect(await stranger.availability()).toEqual({ ok: false, reason: 'no-endpoint' });
  });
});

describe('a server that goes away', () => {
  it('before the run: it fails as server-gone, and works again when the server is back, with its new token', async () => {
    const first = await startLocalServer({ folder, port: 0 });
    const runtime = new LocalNodeRuntime(asPage(first.port));
    await runtime.prepare();
    await first.close();
    expect(await runtime.ping(1_000)).toBe(false);
    expect(await runtime.run(contractSpec('exit-7')).done).toMatchObject({ outcome: 'failed', cause: 'server-gone' });
    const second = await startLocalServer({ folder, port: first.port, attempts: 0 });
    expect(await runtime.ping(1_000)).toBe(true);
    expect(await runtime.run(contractSpec('exit-7')).done).toMatchObject({ outcome: 'exited', code: 7 });
    await second.close();
  });

  it('in the middle of a run: done settles as server-gone, with the output so far', async () => {
    const server = await startServerProcess(4533);
    const runtime = new LocalNodeRuntime(asPage(server.port));
    const run = runtime.run(contractSpec('endless'));
    let output = '';
    for await (const event of run) {
      if (event.type !== 'output') continue;
      output += event.text;
      server.child.kill('SIGKILL');
    }
    expect(output).toBe('started\n');
    expect(await run.done).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'server-gone' });
    await server.stop();
  });

  it('that hangs: done settles after the time of the program', async () => {
    const server = await startServerProcess(4533);
    const runtime = new LocalNodeRuntime(asPage(server.port));
    const run = runtime.run(contractSpec('endless', { timeoutMs: 1_000 }));
    for await (const event of run) if (event.type === 'output') break;
    server.child.kill('SIGSTOP');
    expect(await run.done).toMatchObject({ outcome: 'stopped', by: 'timeout' });
    expect(await runtime.ping(300)).toBe(false);
    server.child.kill('SIGCONT');
    await server.stop();
  });

  it('and another takes its port: it is no endpoint', async () => {
    const other: Server = createServer((_request, response) => response.end('<!doctype html>hello'));
    await new Promise<void>((done) => other.listen(4535, '127.0.0.1', done));
    const runtime = new LocalNodeRuntime({ ...asPage(4535), baseUrl: 'http://127.0.0.1:4535' });
    expect(await runtime.availability()).toEqual({ ok: false, reason: 'no-endpoint' });
    expect(await runtime.run(contractSpec('exit-7')).done).toMatchObject({ outcome: 'failed' });
    other.close();
    other.closeAllConnections();
  });

  it('Stop ends the program on the server, not only the reading of it', async (context) => {
    if (process.platform !== 'linux') context.skip('it looks for the process in /proc');
    const server = await startLocalServer({ folder, port: 0 });
    const runtime = new LocalNodeRuntime(asPage(server.port));
    const mark = `stop-mark-${process.pid}`;
    const run = runtime.run(contractSpec('endless', { argv: ['node', 'main.mjs', mark] }));
    for await (const event of run) if (event.type === 'output') break;
    expect(processesWith(mark).length).toBe(1);
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'stopped', by: 'user' });
    for (const end = Date.now() + 1_500; processesWith(mark).length > 0; await pause(20))
      expect(Date.now()).toBeLessThan(end);
    await server.close();
  });
});
