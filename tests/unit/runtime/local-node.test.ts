/** The client of the local runner against servers that break the protocol; the real server is in tests/runnable. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunSpec } from '../../../src/runtime/contract.ts';
import { LocalNodeRuntime } from '../../../src/runtime/local-node.ts';

const spec: RunSpec = {
  id: 'test',
  files: { 'main.mjs': '' },
  argv: ['node', 'main.mjs'],
  timeoutMs: 2_000,
  maxOutputBytes: 1_000,
};
const session = { token: 't', nodeVersion: 'v24.0.0', host: 'h', limits: [] };

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** A server that answers the session as it should, and runs as the test says. */
async function runtimeAt(run: RequestListener, answerSession = true): Promise<LocalNodeRuntime> {
  const listening = createServer((request, response) => {
    if (answerSession && request.url === '/__runner/session') response.end(JSON.stringify(session));
    else run(request, response);
  });
  server = listening;
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const address = listening.address();
  return new LocalNodeRuntime({ baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` });
}

const line = (event: unknown) => `${JSON.stringify(event)}\n`;
const running = line({ type: 'phase', phase: 'running' });
const end = line({ type: 'end', result: { outcome: 'exited', code: 3, durationMs: 5, truncated: true } });

describe('an answer', () => {
  it('is read however it is cut', async () => {
    const whole = Buffer.from(running + line({ type: 'output', text: '한글\n' }) + end);
    const runtime = await runtimeAt(async (_request, response) => {
      for (const byte of whole) {
        response.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      response.end();
    });
    const run = runtime.run(spec);
    let output = '';
    for await (const event of run) if (event.type === 'output') output += event.text;
    expect(output).toBe('한글\n');
    expect(await run.done).toEqual({ outcome: 'exited', code: 3, durationMs: 5, truncated: true });
  });

  it.each([
    ['that stops in the middle', running],
    ['that is empty', ''],
    ['that is a page', '<!doctype html>\n<title>x</title>\n'],
    ['that is JSON but no event', '[1]\nnull\n3\n'],
    ['that is broken JSON', `${running}{"type":\n`],
  ])('%s fails as server-gone', async (_, body) => {
    const runtime = await runtimeAt((_request, response) => response.end(body));
    expect(await runtime.run(spec).done).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'server-gone' });
  });

  it.each([
    [429, { error: 'busy' }, 'busy'],
    [503, { error: 'stopping' }, 'server-gone'],
    [422, { error: 'refused', message: 'm' }, 'refused'],
    [500, {}, 'refused'],
  ])('with status %i %j fails as %s', async (status, body, cause) => {
    const runtime = await runtimeAt((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
    expect(await runtime.run(spec).done).toMatchObject({ outcome: 'failed', cause });
  });
});

it('asks for a new token once, and not for ever', async () => {
  let sessions = 0;
  let runs = 0;
  const runtime = await runtimeAt((request, response) => {
    if (request.url === '/__runner/session') {
      sessions++;
      response.end(JSON.stringify(session));
    } else {
      runs++;
      response.writeHead(403).end('{"error":"token"}');
    }
  }, false);
  expect(await runtime.run(spec).done).toMatchObject({ outcome: 'failed', cause: 'refused' });
  expect({ sessions, runs }).toEqual({ sessions: 2, runs: 2 });
});

it('a stop breaks the connection', async () => {
  let closed = false;
  const runtime = await runtimeAt((_request, response) => {
    response.write(running);
    response.on('close', () => {
      closed = true;
    });
  });
  const run = runtime.run(spec);
  for await (const event of run) if (event.type === 'phase' && event.phase === 'running') run.stop();
  expect(await run.done).toMatchObject({ outcome: 'stopped', by: 'user' });
  await expect.poll(() => closed).toBe(true);
});

it('prepare tells a reader what is asked for, and asks once', async () => {
  const runtime = await runtimeAt((_request, response) => response.end());
  const phases: string[] = [];
  await runtime.prepare({ onPhase: (phase) => phases.push(phase) });
  await runtime.prepare({ onPhase: (phase) => phases.push(phase) });
  expect(phases).toEqual(['loading-runtime']);
  await expect(runtime.prepare({ signal: AbortSignal.abort() })).rejects.toThrow();
});
