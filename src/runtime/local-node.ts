/**
 * Real Node on the reader's own computer, through the runner of the server that served the page (server/runner.ts).
 *
 * A deployed build holds nothing of this file. Import it only so:
 *
 *     if (import.meta.env.PUBLIC_LOCAL_RUNNER) {
 *       const { LocalNodeRuntime } = await import('../../runtime/local-node.ts');
 *     }
 */
import {
  type Availability,
  type FailureCause,
  type PrepareOptions,
  type Run,
  type RunEvent,
  type RunResult,
  type RunSpec,
  RuntimeFailure,
  type RuntimeInfo,
  type SnippetRuntime,
} from './contract.ts';
import { type BackendEnd, type RunControl, RunSlot } from './run.ts';

interface Session {
  token: string;
  nodeVersion: string;
  host: string;
  limits: string[];
}

export interface LocalNodeOptions {
  /** Where the server is; the page's own where it is not given. */
  baseUrl?: string;
  /** For tests outside of a browser, which have to say the Origin themselves. */
  fetch?: typeof globalThis.fetch;
}

/** How long the server may take to answer a question. A page of its own server waits for a connection on the same machine. */
const answerMs = 5_000;
/** From the press of Run to the start of Node: a page's earlier program may have to end first. */
const startMs = 15_000;
/** What the server may need, beyond the program's own time, to end a program and to say so. */
const extraMs = 5_000;

export class LocalNodeRuntime implements SnippetRuntime {
  readonly kind = 'local-node';
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #page = pageId();
  readonly #slot = new RunSlot();
  #session: Promise<Session> | null = null;

  constructor({ baseUrl = '', fetch = (...request) => globalThis.fetch(...request) }: LocalNodeOptions = {}) {
    this.#baseUrl = baseUrl.replace(/\/$/, '');
    this.#fetch = fetch;
  }

  async availability(spec?: Pick<RunSpec, 'id' | 'limits'>): Promise<Availability> {
    try {
      const { limits } = await this.#connect();
      const missing = Object.keys(spec?.limits ?? {}).some((name) => !limits.includes(name));
      return missing ? { ok: false, reason: 'needs-linux-limits' } : { ok: true };
    } catch {
      return { ok: false, reason: 'no-endpoint' };
    }
  }

  async prepare({ signal, onPhase }: PrepareOptions = {}): Promise<RuntimeInfo> {
    signal?.throwIfAborted();
    if (!this.#session) onPhase?.('loading-runtime');
    const { nodeVersion, host } = await this.#connect();
    signal?.throwIfAborted();
    return { kind: 'local-node', real: true, engine: 'v8', nodeVersion, host };
  }

  run(spec: RunSpec): Run {
    return this.#slot.start(spec, (control) => this.#execute(spec, control), { startMs, extraMs });
  }

  async ping(timeoutMs = answerMs): Promise<boolean> {
    return this.#ask(timeoutMs).then(
      () => true,
      () => false,
    );
  }

  async reset(): Promise<void> {
    await this.#slot.clear();
    this.#session = null;
  }

  dispose(): void {
    this.#slot.current?.stop();
    this.#session = null;
  }

  /** The session, asked for once; after a failure it can be asked for again. */
  #connect(): Promise<Session> {
    if (!this.#session) {
      const session = this.#ask(answerMs);
      session.catch(() => {
        if (this.#session === session) this.#session = null;
      });
      this.#session = session;
    }
    return this.#session;
  }

  async #ask(timeoutMs: number): Promise<Session> {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await this.#fetch(`${this.#baseUrl}/__runner/session`, { signal, cache: 'no-store' }).catch(gone);
    if (!response.ok) throw new RuntimeFailure(failed('boot', 'refused', `the server answered ${response.status}`));
    return response.json().catch(gone);
  }

  async #execute(spec: RunSpec, control: RunControl): Promise<BackendEnd> {
    control.phase('loading-runtime');
    let response = await this.#post(spec, control.signal);
    // The server was started anew under this page: it has another token.
    if (response.status === 403) {
      await response.body?.cancel();
      this.#session = null;
      response = await this.#post(spec, control.signal);
    }
    if (!response.ok) throw new RuntimeFailure(await refusalOf(response));
    return readEvents(response, control);
  }

  async #post(spec: RunSpec, signal: AbortSignal): Promise<Response> {
    const { token } = await this.#connect();
    const request: RequestInit = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Runner-Token': token },
      body: JSON.stringify({ page: this.#page, spec }),
      cache: 'no-store',
      signal,
    };
    // A fetch that we ended ourselves is no failure of the server.
    return this.#fetch(`${this.#baseUrl}/__runner/run`, request).catch((error) => {
      if (signal.aborted) throw error;
      return gone(error);
    });
  }
}

async function readEvents(response: Response, control: RunControl): Promise<BackendEnd> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  while (reader) {
    const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true as const }));
    if (done) break;
    const lines = (pending + value).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const event = parseEvent(line);
      if (!event)
        return failed('lost', 'server-gone', `the server sent something else than an event: ${line.slice(0, 80)}`);
      if (event.type === 'phase') control.phase(event.phase);
      else if (event.type === 'output') control.write(event.text);
      else return event.result;
    }
  }
  // The stream ended without an end: we stopped it ourselves, or the server has gone.
  if (control.stopReason) return { outcome: 'stopped', by: control.stopReason };
  return failed('lost', 'server-gone', 'the connection to the local server broke');
}

/** The token makes sure that it is our server that answers, so the shape of an event is not checked further. */
function parseEvent(line: string): RunEvent | null {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null && 'type' in event ? (event as RunEvent) : null;
  } catch {
    return null;
  }
}

function failed(
  stage: 'boot' | 'spawn' | 'lost',
  cause: FailureCause,
  message: string,
): Extract<RunResult, { outcome: 'failed' }> {
  return { outcome: 'failed', stage, cause, message, retry: cause === 'refused' ? 'never' : 'same-page' };
}

function gone(error: unknown): never {
  throw new RuntimeFailure(failed('lost', 'server-gone', error instanceof Error ? error.message : String(error)));
}

async function refusalOf(response: Response): Promise<Extract<RunResult, { outcome: 'failed' }>> {
  const { error, message } = (await response.json().catch(() => ({}))) as { error?: string; message?: string };
  const said = `${response.status} ${error ?? ''}: ${message ?? ''}`;
  if (error === 'busy') return failed('spawn', 'busy', said);
  if (error === 'stopping') return failed('lost', 'server-gone', said);
  return failed('spawn', 'refused', said);
}

/** A name for this page, so that the server ends its earlier program when it starts another. */
function pageId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
