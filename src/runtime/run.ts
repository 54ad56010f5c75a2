/**
 * The one implementation of `Run`: events, stop, deadline and "one at a time". A backend only says what it saw, through `RunControl`, and
 * how it ended; that `done` settles, in time and once, is kept here for all of them.
 */
import type { Phase, Run, RunEvent, RunResult, RunSpec } from './contract.ts';
import { RuntimeFailure } from './contract.ts';
import { OutputNormaliser } from './output.ts';

export type StopReason = Extract<RunResult, { outcome: 'stopped' }>['by'];

export interface RunControl {
  /** Aborted when the run has to end before its program does. */
  readonly signal: AbortSignal;
  /** Why, once `signal` is aborted. */
  readonly stopReason: StopReason | null;
  /** `running` starts the clock of `timeoutMs`. A phase that was reported before is not reported again. */
  phase(phase: Phase): void;
  /** Output as it arrives, cut anywhere, with colours and CRLF if it has them. Ignored after the end. */
  write(piece: string | Uint8Array): void;
}

/** How the program ended. `durationMs` where the backend has measured it better than the clock here; `truncated` where it dropped output itself. */
export type BackendEnd =
  | { outcome: 'exited'; code: number; durationMs?: number; truncated?: boolean }
  | { outcome: 'stopped'; by: StopReason; durationMs?: number; truncated?: boolean }
  | Extract<RunResult, { outcome: 'failed' }>;

/**
 * Runs the program and returns how it ended. When `control.signal` is aborted it ends the program and returns soon; that a program exited
 * because it was stopped need not be told apart, an exit then counts as `stopped`. May throw a `RuntimeFailure`.
 */
export type Backend = (control: RunControl) => Promise<BackendEnd>;

export interface RunBounds {
  /** How long everything before the phase `running` may take. The backend's own deadlines are shorter and say more. */
  startMs?: number;
  /** How long a backend may take to return after an abort. */
  settleMs?: number;
  /** Added to `timeoutMs` where the backend keeps that time itself and this clock only stands behind it. */
  extraMs?: number;
}

/** Starts runs one after the other: a new one stops the one before as `superseded` and begins when that has ended. */
export class RunSlot {
  #current: { control: RunningProgram; run: Run } | null = null;

  start(spec: Pick<RunSpec, 'id' | 'timeoutMs' | 'maxOutputBytes'>, backend: Backend, bounds: RunBounds = {}): Run {
    const before = this.#current;
    before?.control.end('superseded');
    const control = new RunningProgram(spec, bounds);
    const run = control.asRun();
    const current = { control, run };
    this.#current = current;
    void control.execute(before?.run.done ?? Promise.resolve(), backend).then(() => {
      if (this.#current === current) this.#current = null;
    });
    return run;
  }

  /** The run that has not ended yet. */
  get current(): Run | null {
    return this.#current?.run ?? null;
  }

  /** Stops the current run, and waits until it has ended. */
  async clear(by: StopReason = 'user'): Promise<void> {
    this.#current?.control.end(by);
    await this.#current?.run.done;
  }
}

const stageOf: Record<Phase, 'boot' | 'mount' | 'spawn' | 'lost'> = {
  'loading-runtime': 'boot',
  booting: 'boot',
  'boot-slow': 'boot',
  mounting: 'mount',
  spawning: 'spawn',
  running: 'lost',
};

class RunningProgram implements RunControl {
  readonly #spec: Pick<RunSpec, 'id' | 'timeoutMs' | 'maxOutputBytes'>;
  readonly #bounds: Required<RunBounds>;
  readonly #abort = new AbortController();
  readonly #output: OutputNormaliser;
  readonly #events: RunEvent[] = [];
  readonly #phases = new Set<Phase>();
  readonly #done = Promise.withResolvers<RunResult>();
  #stage: 'boot' | 'mount' | 'spawn' | 'lost' = 'boot';
  #changed = Promise.withResolvers<void>();
  #settled = false;
  #stopReason: StopReason | null = null;
  #runningSince: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(spec: Pick<RunSpec, 'id' | 'timeoutMs' | 'maxOutputBytes'>, bounds: RunBounds) {
    this.#spec = spec;
    this.#bounds = { startMs: 60_000, settleMs: 10_000, extraMs: 0, ...bounds };
    this.#output = new OutputNormaliser(spec.maxOutputBytes);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stopReason(): StopReason | null {
    return this.#stopReason;
  }

  phase(phase: Phase): void {
    if (this.#settled || this.#phases.has(phase)) return;
    this.#phases.add(phase);
    this.#stage = stageOf[phase];
    this.#emit({ type: 'phase', phase });
    if (phase !== 'running') return;
    this.#runningSince = performance.now();
    // After a stop, the clock that waits for the backend to return must go on.
    if (this.#stopReason === null) this.#after(this.#spec.timeoutMs + this.#bounds.extraMs, () => this.end('timeout'));
  }

  write(piece: string | Uint8Array): void {
    if (this.#settled) return;
    const text = this.#output.push(piece);
    if (text) this.#emit({ type: 'output', text });
  }

  /** Asks the backend to end the program. The first reason stays. */
  end(by: StopReason): void {
    if (this.#settled || this.#stopReason !== null) return;
    this.#stopReason = by;
    this.#after(this.#bounds.settleMs, () =>
      this.#settle({
        outcome: 'failed',
        stage: 'lost',
        cause: 'lost',
        message: `the runtime did not end the program within ${this.#bounds.settleMs} ms`,
        retry: 'reload',
      }),
    );
    this.#abort.abort();
  }

  /** Waits for the run before, then hands over to the backend. Never rejects. */
  async execute(before: Promise<unknown>, backend: Backend): Promise<void> {
    await before;
    if (this.#stopReason !== null) return this.#settle(this.#stopped(this.#stopReason));
    this.#after(this.#bounds.startMs, () => {
      this.#settle({
        outcome: 'failed',
        stage: this.#stage,
        cause: 'lost',
        message: `the program did not start within ${this.#bounds.startMs} ms`,
        retry: 'reload',
      });
      this.#abort.abort();
    });
    try {
      this.#settle(this.#resultOf(await backend(this)));
    } catch (error) {
      this.#settle(this.#failure(error));
    }
  }

  asRun(): Run {
    const events = this.#events;
    const next = () => this.#changed.promise;
    return {
      id: this.#spec.id,
      stop: () => this.end('user'),
      done: this.#done.promise,
      // Each reader has a place of its own, so a late one misses nothing. What is kept is bounded by maxOutputBytes.
      async *[Symbol.asyncIterator]() {
        for (let at = 0; ; ) {
          const event = events[at];
          if (event === undefined) {
            await next();
            continue;
          }
          at++;
          yield event;
          if (event.type === 'end') return;
        }
      },
    };
  }

  #resultOf(end: BackendEnd): RunResult {
    if (end.outcome === 'failed') return end;
    if (this.#stopReason !== null) return this.#stopped(this.#stopReason, end);
    const measured = { durationMs: end.durationMs ?? this.#elapsed(), truncated: end.truncated ?? false };
    return end.outcome === 'exited'
      ? { outcome: 'exited', code: end.code, ...measured }
      : { outcome: 'stopped', by: end.by, ...measured };
  }

  #stopped(by: StopReason, end?: { durationMs?: number; truncated?: boolean }): RunResult {
    return {
      outcome: 'stopped',
      by,
      durationMs: end?.durationMs ?? this.#elapsed(),
      truncated: end?.truncated ?? false,
    };
  }

  #failure(error: unknown): RunResult {
    if (error instanceof RuntimeFailure) return error.failure;
    if (this.#stopReason !== null) return this.#stopped(this.#stopReason);
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', stage: this.#stage, cause: 'unknown', message, retry: 'same-page' };
  }

  #settle(result: RunResult): void {
    if (this.#settled) return;
    const rest = this.#output.flush();
    if (rest) this.#emit({ type: 'output', text: rest });
    this.#settled = true;
    clearTimeout(this.#timer);
    const final =
      result.outcome === 'failed' ? result : { ...result, truncated: result.truncated || this.#output.truncated };
    this.#emit({ type: 'end', result: final });
    this.#done.resolve(final);
  }

  #emit(event: RunEvent): void {
    this.#events.push(event);
    const changed = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    changed.resolve();
  }

  #elapsed(): number {
    return this.#runningSince === null ? 0 : performance.now() - this.#runningSince;
  }

  #after(ms: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, ms);
  }
}
