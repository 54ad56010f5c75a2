/** `npm start` itself: what it says to options that it cannot use. */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRunner } from '../../server/runner.ts';
import { nodeVersions } from '../../tools/node-versions.ts';
import { say } from '../../tools/start-sentences.mjs';
import { toolchainEnvironment } from '../../tools/with-node.mjs';

const start = join(import.meta.dirname, '../../tools/start.mjs');

describe('npm start', () => {
  it.each([
    [['--port', '-1'], say('bad-port', { port: '-1' }, 'en')],
    [['--port'], say('bad-port', { port: '' }, 'en')],
    [['--no-linux', '--port', '0'], say('bad-port', { port: '0' }, 'en')],
    [['--porf=1'], say('bad-option', { error: '--porf=1' }, 'en')],
  ])('answers %j with a sentence and nothing else', (options, sentence) => {
    const { status, stderr } = spawnSync(process.execPath, [start, '--no-build', ...options], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(stderr.trim()).toBe(sentence);
    expect(status).toBe(2);
  });
});

describe('the Node behind Run', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is the one that the reader started, not the one that the tools need', async ({ skip }) => {
    const old = nodeVersions().find(({ major }) => major === 20);
    if (!old) return skip('the Node versions of tools/node-versions are packages for Linux');
    const { stdout } = spawnSync(old.path, ['tools/with-node.mjs', 'node', '-p', 'process.env.COURSE_READER_NODE'], {
      encoding: 'utf8',
      env: { ...process.env, COURSE_READER_NODE: undefined },
    });
    expect(stdout.trim()).toBe(old.path);

    vi.stubEnv('COURSE_READER_NODE', old.path);
    expect(toolchainEnvironment(process.execPath)).toMatchObject({ COURSE_READER_NODE: old.path });
    const runner = createRunner();
    const server = createServer((request, response) => runner.handle(request, response) || response.end());
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await fetch(`${base}/__runner/session`, { headers: { Origin: base } });
    const session = await answer.json();
    expect(session).toMatchObject({ nodeVersion: expect.stringMatching(/^v20\./) });
    await runner.close();
    server.close();
  });
});
