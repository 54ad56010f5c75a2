/**
 * The loopback runner: `/__runner/session` tells a page of this server the token, `/__runner/run` runs one program and streams its events
 * as NDJSON. The local server and the dev server mount the same one; a deployed site has none.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import os from 'node:os';
import type { RunEvent, RunResult, RunSpec } from '../src/runtime/contract.ts';
import { osName } from '../tools/machine.ts';
import { checkOrigin, Refusal, readJson, Token } from './guards.ts';
import { confinementOf, nodeVersion, prlimitPath } from './node-binary.ts';
import { sweepRunFolders } from './run-folder.ts';
import { startProgram } from './run-program.ts';
import { checkedSpec, RefusedSpec } from './run-spec.ts';

export const runnerPrefix = '/__runner/';

/** What `/__runner/session` answers. */
export interface RunnerSession {
  token: string;
  nodeVersion: string;
  /** Such as "Debian GNU/Linux 12 (bookworm), Linux 6.18.44 x86_64". */
  host: string;
  /** Limits of the operating system that can be set before Node starts. */
  limits: 'nofile'[];
  /** What Node's permission model keeps from a program here. */
  confined: { files: boolean; network: boolean };
}

export interface RunnerOptions {
  /** Path of the Node that runs the programs; the one that runs the server where it is not given. */
  node?: string;
  /** Programs at the same time, over all pages. */
  maxParallel?: number;
  /** How long a request body may take. */
  bodyTimeoutMs?: number;
}

export interface Runner {
  /** Answers requests under `/__runner/`; false for any other, which is then not touched. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends all programs and waits until they have gone. Further requests are refused. */
  close(): Promise<void>;
}

interface PageRun {
  abort: AbortController;
  ended: Promise<unknown>;
}

const maxBodyBytes = 256 * 1024;
/** A page that does not read to the end may keep its connection for this long. */
const lingerMs = 10_000;

export function createRunner({
  node = process.env['COURSE_READER_NODE'] ?? process.execPath,
  maxParallel = 4,
  bodyTimeoutMs = 5_000,
}: RunnerOptions = {}): Runner {
  const token = new Token();
  const pages = new Map<string, PageRun>();
  const active = new Set<Promise<unknown>>();
  let programs = 0;
  let stopping = false;
  void sweepRunFolders().catch(() => {});

  async function session(): Promise<RunnerSession> {
    const version = await nodeVersion(node);
    return {
      token: token.value,
      nodeVersion: version,
      host: `${osName()}, ${os.type()} ${os.release()} ${os.machine()}`,
      limits: prlimitPath() ? ['nofile'] : [],
      confined: confinementOf(version),
    };
  }

  /** One program of a page at a time: a new one ends the one before, and starts when that has gone. */
  async function run(page: string, spec: RunSpec, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    const before = pages.get(page);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const mine: PageRun = { abort, ended };
    pages.set(page, mine);
    response.once('close', () => abort.abort('user'));
    if (response.destroyed || stopping) abort.abort('user');
    before?.abort.abort('superseded');
    try {
      await before?.ended;
      if (programs >= maxParallel && !abort.signal.aborted)
        throw new Refusal(429, 'busy', `${maxParallel} programs are running; try again when one has ended`);
      programs++;
      try {
        await stream(spec, abort.signal, response);
      } finally {
        programs--;
      }
    } finally {
      if (pages.get(page) === mine) pages.delete(page);
      resolve();
    }
  }

  async function stream(spec: RunSpec, signal: AbortSignal, response: ServerResponse): Promise<void> {
    response.writeHead(200, { ...commonHeaders, 'Content-Type': 'application/x-ndjson; charset=utf-8' });
    const send = (event: RunEvent) => {
      if (!response.destroyed) response.write(`${JSON.stringify(event)}\n`);
    };
    send({ type: 'phase', phase: 'spawning' });
    const result: RunResult = await startProgram(spec, {
      node,
      signal,
      onRunning: () => send({ type: 'phase', phase: 'running' }),
      onText: (text) => send({ type: 'output', text }),
    });
    send({ type: 'end', result });
    response.end();
    const linger = setTimeout(() => response.destroy(), lingerMs);
    response.once('close', () => clearTimeout(linger));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkOrigin(request);
    if (stopping) throw new Refusal(503, 'stopping', 'the server is stopping');
    const path = request.url?.split('?', 1)[0];
    const method = path === `${runnerPrefix}session` ? 'GET' : path === `${runnerPrefix}run` ? 'POST' : null;
    if (method === null) throw new Refusal(404, 'not-found', 'there is nothing at this address');
    if (request.method !== method) throw new Refusal(405, 'method', `this address answers only ${method}`);
    if (method === 'GET') {
      response.writeHead(200, { ...commonHeaders, 'Content-Type': 'application/json' });
      response.end(JSON.stringify(await session()));
      return;
    }
    token.check(request.headers['x-runner-token']);
    const { page, spec } = checkedRequest(
      await readJson(request, { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs }),
    );
    await run(page, spec, response);
  }

  return {
    handle(request, response) {
      if (!request.url?.startsWith(runnerPrefix)) return false;
      response.on('error', () => {});
      const done = answer(request, response)
        .catch((error: unknown) => refuse(request, response, error))
        .finally(() => active.delete(done));
      active.add(done);
      return true;
    },
    async close() {
      stopping = true;
      for (const { abort } of pages.values()) abort.abort('user');
      await Promise.all(active);
    },
  };
}

const commonHeaders = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

function checkedRequest(body: unknown): { page: string; spec: RunSpec } {
  const { page, spec } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (typeof page !== 'string' || !/^[A-Za-z0-9-]{8,64}$/.test(page))
    throw new Refusal(400, 'bad-request', 'the body names no page');
  try {
    return { page, spec: checkedSpec(spec) };
  } catch (error) {
    if (error instanceof RefusedSpec) throw new Refusal(422, 'refused', error.message);
    throw error;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'bad-request', 'the runner failed');
  if (!(error instanceof Refusal)) console.error(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A body that was not read to its end makes the connection useless for another request.
  const unread = !request.complete;
  response.writeHead(refusal.status, {
    ...commonHeaders,
    'Content-Type': 'application/json',
    ...(unread && { Connection: 'close' }),
  });
  response.end(JSON.stringify({ error: refusal.code, message: refusal.message }));
  if (unread)
    void once(response, 'close').then(
      () => request.socket.destroy(),
      () => {},
    );
}
