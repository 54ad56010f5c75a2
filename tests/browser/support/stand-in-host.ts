/**
 * A stand-in for the host page of WebContainers (stackblitz.com/headless), so that the real client can be tested in a real browser without
 * the network. It is ours: it proves our adapter and the vendor's client, and says nothing about StackBlitz's runtime. Behind the page,
 * `spawn` starts real Node processes on this machine, through a server that only tests start and that listens on loopback only.
 *
 * It speaks what client 1.6.4 speaks: Comlink 4.3.0, from the client's own vendored copy.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { constants, tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { close, listen } from './static-site.ts';

/** What the host does wrong. */
export interface Faults {
  /** Instead of the page: nothing at all, a page that never says hello, a 404 as hosts send it, or one with the headers of the page. */
  answer: 'page' | 'hang' | 'silent' | 'not-found' | 'not-found-embeddable';
  /** Says hello so many milliseconds after loading. */
  helloAfterMs: number;
  /** Building the container throws this. */
  buildError: { name: string; message: string } | null;
  /** Starting a process throws this. */
  spawnError: { name: string; message: string } | null;
  /** Sent to listeners of `error` once a program has printed "started". */
  errorEvent: string | null;
  /** The output stream is not closed at the exit. */
  outputStaysOpen: boolean;
  /** Output arrives only so many milliseconds after the exit was reported. */
  outputLateMs: number;
  /** `kill()` does nothing. */
  killIgnored: boolean;
}

export const noFaults: Faults = {
  answer: 'page',
  helloAfterMs: 0,
  buildError: null,
  spawnError: null,
  errorEvent: null,
  outputStaysOpen: false,
  outputLateMs: 0,
  killIgnored: false,
};

/** A file operation or a start that the page asks the server for. */
export type HostRequest =
  | { op: 'write'; files: Record<string, string> }
  | { op: 'mkdir' | 'rm'; path: string }
  | { op: 'readdir'; path: string }
  | { op: 'kill'; run: string }
  | { op: 'run'; run: string; command: string; args: string[]; cwd: string; env: Record<string, string> };

/** One line of the answer to `run`. */
export type HostLine = { out: string } | { code: number };

const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export class StandInHost {
  faults: Faults = noFaults;
  /** How often `/headless` was asked for, with the query of each. */
  readonly visits: URLSearchParams[] = [];
  readonly #pageScript: string;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  #folder = '';
  #origin = '';

  /** @param pageScript the bundled `stand-in-host-page.ts` */
  constructor(pageScript: string) {
    this.#pageScript = pageScript;
  }

  /** Another site than "localhost": a browser gives it a process of its own. */
  get origin(): string {
    return this.#origin;
  }

  /** Programs that have not ended. */
  get running(): number {
    return this.#processes.size;
  }

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'stand-in-host-'));
    this.#origin = `http://127.0.0.1:${await listen(this.#server, '127.0.0.1')}`;
  }

  async stop(): Promise<void> {
    for (const process of this.#processes.values()) process.kill('SIGKILL');
    await close(this.#server);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#origin);
    const { answer } = this.faults;
    if (url.pathname === '/headless') {
      this.visits.push(url.searchParams);
      if (answer === 'hang') return;
      const found = answer === 'page' || answer === 'silent';
      const embeddable = answer === 'not-found' ? {} : headers;
      response.writeHead(found ? 200 : 404, { ...embeddable, 'Content-Type': 'text/html' });
      response.end(answer === 'page' ? this.#page() : '<!doctype html><title>nothing here</title>');
      return;
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (url.pathname === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(this.#pageScript);
    } else if (url.pathname === '/do' && request.method === 'POST' && request.headers.origin === this.#origin) {
      await this.#do(JSON.parse(await textOf(request)) as HostRequest, response);
    } else {
      response.statusCode = 404;
      response.end();
    }
  }

  #page(): string {
    const faults = JSON.stringify(this.faults).replaceAll('<', '\\u003c');
    return `<!doctype html><title>stand-in host</title><script type="application/json" id="faults">${faults}</script><script type="module" src="/page.js"></script>`;
  }

  async #do(request: HostRequest, response: ServerResponse): Promise<void> {
    if (request.op === 'run') return this.#run(request, response);
    response.setHeader('Content-Type', 'application/json');
    if (request.op === 'kill') this.#processes.get(request.run)?.kill('SIGTERM');
    if (request.op === 'mkdir') await mkdir(this.#path(request.path), { recursive: true });
    if (request.op === 'rm') await rm(this.#path(request.path), { recursive: true, force: true });
    if (request.op === 'write')
      for (const [path, text] of Object.entries(request.files)) {
        await mkdir(dirname(this.#path(path)), { recursive: true });
        await writeFile(this.#path(path), text);
      }
    response.end(JSON.stringify(request.op === 'readdir' ? await readdir(this.#path(request.path)) : null));
  }

  #run({ run, command, args, cwd, env }: Extract<HostRequest, { op: 'run' }>, response: ServerResponse): void {
    const child = spawn(command === 'node' ? process.execPath : command, args, {
      cwd: this.#path(cwd),
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.set(run, child);
    const line = (message: HostLine) => response.write(`${JSON.stringify(message)}\n`);
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.flushHeaders();
    for (const stream of [child.stdout, child.stderr]) {
      const decoder = new StringDecoder();
      // As a terminal does it. The client decodes chunk by chunk, so that a host must not cut a character either.
      stream.on('data', (bytes: Buffer) => line({ out: decoder.write(bytes).replaceAll('\n', '\r\n') }));
    }
    child.on('error', (error) => line({ out: `${error.message}\r\n` }));
    child.on('close', (code, signal) => {
      this.#processes.delete(run);
      line({ code: code ?? 128 + (signal ? constants.signals[signal] : 1) });
      response.end();
    });
    // The page has gone, and its processes with it: as in a real container.
    response.on('close', () => child.kill('SIGKILL'));
  }

  #path(path: string): string {
    const found = resolve(this.#folder, path);
    if (found !== this.#folder && !found.startsWith(this.#folder + sep)) throw new Error(`${path} is outside`);
    return found;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
