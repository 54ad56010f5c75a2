/** A real server in a process of its own, and requests that no browser would send. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunEvent, RunResult, RunSpec } from '../../../src/runtime/contract.ts';

const root = join(import.meta.dirname, '../../..');

export interface ServerProcess {
  port: number;
  /** The address to connect to; 127.0.0.1 where it is not given. */
  host?: string;
  url: string;
  child: ChildProcess;
  /** The headers that a page of this server sends. */
  pageHeaders: Record<string, string>;
  token: string;
  stop(): Promise<void>;
}

/** Starts server/main.ts as `npm start` does, over a folder with one page, from the first free port on. */
export async function startServerProcess(port: number): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  const child = spawn(process.execPath, [join(root, 'server/main.ts'), '--port', String(port), '--folder', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  let said = '';
  child.stdout.setEncoding('utf8');
  for await (const piece of child.stdout) {
    said += piece;
    if (/localhost:\d+\//.test(said)) break;
  }
  const found = Number(/localhost:(\d+)\//.exec(said)?.[1]);
  if (!found) throw new Error(`the server did not start: ${said}`);
  const url = `http://localhost:${found}`;
  const server: ServerProcess = {
    port: found,
    url,
    child,
    pageHeaders: { Origin: url, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'empty' },
    token: '',
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        const kill = setTimeout(() => child.kill('SIGKILL'), 8_000);
        await once(child, 'exit');
        clearTimeout(kill);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const session = await send(server, { method: 'GET', path: '/__runner/session', headers: server.pageHeaders });
  server.token = JSON.parse(session.body).token;
  return server;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  ms: number;
}

export interface Sent {
  method: string;
  path: string;
  headers?: http.OutgoingHttpHeaders;
  body?: string | undefined;
  /** Called with the request, to write its body by hand. */
  write?(request: http.ClientRequest): void;
}

/** Sends exactly these headers, on a connection of its own. Resolves with status 0 where the server closed without an answer. */
export function send(
  server: Pick<ServerProcess, 'port' | 'host'>,
  { method, path, headers = {}, body, write }: Sent,
): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve) => {
    const finish = (status: number, answered: http.IncomingHttpHeaders, text: string) =>
      resolve({ status, headers: answered, body: text, ms: performance.now() - started });
    const request = http.request(
      {
        host: server.host ?? '127.0.0.1',
        port: server.port,
        method,
        path,
        agent: false,
        headers: { Host: `localhost:${server.port}`, ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('close', () => finish(response.statusCode ?? 0, response.headers, text));
      },
    );
    request.on('error', () => finish(0, {}, ''));
    if (write) write(request);
    else request.end(body);
  });
}

export const spec = (main: string, more: Partial<RunSpec> = {}): RunSpec => ({
  id: 'attack',
  files: { 'main.mjs': main },
  argv: ['node', 'main.mjs'],
  timeoutMs: 20_000,
  maxOutputBytes: 64 * 1024,
  ...more,
});

let pages = 0;
export const newPage = () => `attack-page-${process.pid}-${pages++}`;

export const runHeaders = (server: ServerProcess): Record<string, string> => ({
  ...server.pageHeaders,
  'Content-Type': 'application/json',
  'X-Runner-Token': server.token,
});

/** What a page of the server would send to run a program. */
export const runRequest = (server: ServerProcess, wanted: unknown, page = newPage()): Sent => ({
  method: 'POST',
  path: '/__runner/run',
  headers: runHeaders(server),
  body: JSON.stringify({ page, spec: wanted }),
});

/** The events of an answer, and how the program ended. */
export function eventsOf({ body }: Answer): { output: string; result: RunResult | undefined } {
  const events = body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent);
  const end = events.at(-1);
  return {
    output: events.map((event) => (event.type === 'output' ? event.text : '')).join(''),
    result: end?.type === 'end' ? end.result : undefined,
  };
}

/** Starts a program and leaves as soon as it has printed `until`; `leave` breaks the connection. */
export function openRun(
  server: ServerProcess,
  wanted: RunSpec,
  page = newPage(),
): { printed(until: string): Promise<void>; leave(): void; done: Promise<Answer> } {
  let request: http.ClientRequest | undefined;
  let text = '';
  const started = performance.now();
  const done = new Promise<Answer>((resolve) => {
    const { headers = {}, body } = runRequest(server, wanted, page);
    request = http.request(
      {
        host: server.host ?? '127.0.0.1',
        port: server.port,
        method: 'POST',
        path: '/__runner/run',
        agent: false,
        headers: { Host: `localhost:${server.port}`, ...headers },
      },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('error', () => {});
        response.on('close', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            ms: performance.now() - started,
          }),
        );
      },
    );
    request.on('error', () => resolve({ status: 0, headers: {}, body: text, ms: performance.now() - started }));
    request.end(body);
  });
  return {
    async printed(until) {
      for (const end = Date.now() + 10_000; !text.includes(until); await pause(10))
        if (Date.now() > end) throw new Error(`the program never printed "${until}": ${text}`);
    },
    leave: () => request?.destroy(),
    done,
  };
}

/** Pids of the processes whose command line or environment holds this text. Linux only. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      ['cmdline', 'environ'].some((file) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(text);
        } catch {
          return false;
        }
      }),
    )
    .map(Number);
}

/** Waits until no process holds the text; the milliseconds that took. Throws after `limitMs`. */
export async function goneAfter(text: string, limitMs: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const left = processesWith(text);
    const ms = performance.now() - started;
    if (left.length === 0) return ms;
    if (ms > limitMs) throw new Error(`still running after ${limitMs} ms: ${left.join(', ')}`);
    await pause(20);
  }
}

/** Run folders of any server on this machine. */
export const runFolders = () => readdirSync(tmpdir()).filter((name) => /^snippet-\d+-[A-Za-z0-9]{6}$/.test(name));
