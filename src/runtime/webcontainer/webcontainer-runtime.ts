/**
 * Runs programs in a StackBlitz WebContainer: Node in the reader's own tab. Nothing of it is loaded before `prepare()` or `run()`, and
 * nothing it does may leave a wait without an end: its vendor's promises stay pending for ever when its host page cannot be loaded, is
 * blocked, or dies.
 */
import type { Availability, Phase, PrepareOptions, Run, RunSpec, RuntimeInfo, SnippetRuntime } from '../contract.ts';
import { RuntimeFailure } from '../contract.ts';
import { type BackendEnd, type RunControl, RunSlot } from '../run.ts';
import type { Container, LoadApi, Trouble } from './api.ts';
import { type BrowserFacts, engineOf, unavailableReason } from './availability.ts';
import { nodeVersion } from './node-version.ts';
import { answers, type ProcessEnd, runProcess } from './process.ts';
import { bootFailure, Session } from './session.ts';
import type { Holder, TabLock } from './tab-lock.ts';
import { defaultTimings, type Timings } from './timings.ts';
import { aborted, within } from './waiting.ts';

export interface WebContainerOptions {
  loadApi: LoadApi;
  facts: BrowserFacts;
  /** Between tabs; see `tab-lock.ts`. */
  tabLock(holder: Holder): TabLock;
  timings?: Partial<Timings>;
}

/** An attempt to get ready, shared by everybody who asks for one meanwhile. */
interface Attempt {
  info: Promise<RuntimeInfo>;
  abort: AbortController;
  waiting: number;
  phases: Phase[];
  listeners: Set<(phase: Phase) => void>;
}

export class WebContainerRuntime implements SnippetRuntime {
  readonly kind = 'webcontainer';
  readonly #options: WebContainerOptions;
  readonly #timings: Timings;
  readonly #slot = new RunSlot();
  readonly #lock: TabLock;
  #session: Session | null = null;
  #attempt: Attempt | null = null;
  #info: RuntimeInfo | null = null;
  #runs = 0;

  constructor(options: WebContainerOptions) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#lock = options.tabLock({
      isBusy: () => this.#slot.current !== null || this.#attempt !== null,
      onTaken: () => this.#forget(),
    });
  }

  async availability(spec?: Pick<RunSpec, 'id' | 'limits'>): Promise<Availability> {
    const reason = unavailableReason(this.#options.facts, spec);
    if (reason) return { ok: false, reason };
    return (await this.#lock.usedElsewhere()) ? { ok: false, reason: 'other-tab' } : { ok: true };
  }

  /** Besides a `RuntimeFailure`, rejects with the signal's reason once that is aborted. */
  async prepare({ signal, onPhase }: PrepareOptions = {}): Promise<RuntimeInfo> {
    signal?.throwIfAborted();
    if (this.#info) return this.#info;
    const attempt = this.#attempt ?? this.#begin();
    for (const phase of attempt.phases) onPhase?.(phase);
    if (onPhase) attempt.listeners.add(onPhase);
    attempt.waiting++;
    try {
      const info = await within(null, attempt.info, signal);
      if (typeof info !== 'symbol') return info;
      throw signal?.reason;
    } finally {
      if (onPhase) attempt.listeners.delete(onPhase);
      attempt.waiting--;
      // The last one who waited has gone away: so does what is being loaded.
      if (attempt.waiting === 0 && this.#attempt === attempt) this.#forget();
    }
  }

  run(spec: RunSpec): Run {
    return this.#slot.start(spec, (control) => this.#execute(spec, control));
  }

  async ping(timeoutMs: number = this.#timings.ping): Promise<boolean> {
    const container = this.#session?.container;
    return container ? answers(container, timeoutMs) : false;
  }

  async reset(): Promise<void> {
    await this.#slot.clear();
    this.#forget();
  }

  dispose(): void {
    this.#slot.current?.stop();
    this.#forget();
    this.#lock.dispose();
  }

  #begin(): Attempt {
    const abort = new AbortController();
    const attempt: Attempt = { abort, waiting: 0, phases: [], listeners: new Set(), info: Promise.resolve(noInfo) };
    const onPhase = (phase: Phase) => {
      if (attempt.phases.includes(phase)) return;
      attempt.phases.push(phase);
      for (const listener of attempt.listeners) listener(phase);
    };
    this.#attempt = attempt;
    attempt.info = this.#boot(onPhase, abort.signal).finally(() => {
      if (this.#attempt === attempt) this.#attempt = null;
    });
    attempt.info.catch(() => {});
    return attempt;
  }

  async #boot(onPhase: (phase: Phase) => void, signal: AbortSignal): Promise<RuntimeInfo> {
    const reason = unavailableReason(this.#options.facts);
    if (reason === 'not-isolated') throw bootFailure('not-isolated', 'the page is not cross-origin isolated');
    if (reason === 'offline') throw bootFailure('offline-or-blocked', 'the browser says that it is offline');
    if (reason) throw bootFailure('unsupported-browser', `the browser cannot hold a container: ${reason}`);
    onPhase('loading-runtime');
    if (!(await this.#lock.acquire(signal))) {
      signal.throwIfAborted();
      throw bootFailure('busy', 'another tab runs a program in its container');
    }
    if (signal.aborted) {
      // The lock came for an attempt that is over; unless another one has begun, nobody here needs it.
      if (!this.#attempt && !this.#session) this.#lock.release();
      throw signal.reason;
    }
    this.#session ??= new Session(this.#options.loadApi, this.#timings);
    const session = this.#session;
    try {
      const container = await session.boot(onPhase, signal);
      const info: RuntimeInfo = {
        kind: 'webcontainer',
        real: true,
        engine: engineOf(this.#options.facts.navigator.userAgent),
        nodeVersion: await nodeVersion(container, this.#timings),
      };
      signal.throwIfAborted();
      if (this.#session !== session) throw bootFailure('lost', 'the container was taken by another tab');
      this.#info = info;
      return info;
    } catch (error) {
      const again = error instanceof RuntimeFailure && session.canRetry;
      if (!again && this.#session === session) this.#forget();
      throw error;
    }
  }

  async #execute(spec: RunSpec, control: RunControl): Promise<BackendEnd> {
    const info = await this.#prepareFor(control);
    const session = this.#session;
    const container = session?.container;
    if (info === aborted || control.signal.aborted) return { outcome: 'stopped', by: control.stopReason ?? 'user' };
    if (!session || !container) throw bootFailure('lost', 'the container was taken by another tab');

    const trouble = Promise.withResolvers<Trouble>();
    const unsubscribe = session.onTrouble((found) => {
      if (found.cause === 'out-of-memory' || found.cause === 'lost') trouble.resolve(found);
    });
    const folder = `runs/${++this.#runs}`;
    try {
      const task = { container, spec, folder, control, timings: this.#timings, trouble: trouble.promise };
      return this.#endOf(await runProcess(task), control);
    } finally {
      unsubscribe();
      if (this.#session === session) removeFolder(container, folder);
    }
  }

  async #prepareFor(control: RunControl): Promise<RuntimeInfo | typeof aborted> {
    try {
      // A container that died since the last run has told nobody: a new one takes its place before the reader notices.
      const { container } = this.#session ?? {};
      if (this.#info && container && !(await answers(container, this.#timings.ping))) this.#forget();
      return await this.prepare({ signal: control.signal, onPhase: (phase) => control.phase(phase) });
    } catch (error) {
      if (control.signal.aborted) return aborted;
      throw error;
    }
  }

  #endOf(end: ProcessEnd, control: RunControl): BackendEnd {
    if (end.type === 'exited') return { outcome: 'exited', code: end.code, durationMs: end.durationMs };
    if (end.type === 'aborted') {
      if (!end.clean) this.#forget();
      return { outcome: 'stopped', by: control.stopReason ?? 'user' };
    }
    if (end.stage === 'lost' || end.cause === 'out-of-memory') this.#forget();
    const { stage, cause, message } = end;
    return { outcome: 'failed', stage, cause, message, retry: 'same-page' };
  }

  /** Throws the frame away, and lets another tab have a container. */
  #forget(): void {
    this.#attempt?.abort.abort();
    this.#attempt = null;
    this.#info = null;
    this.#session?.dispose();
    this.#session = null;
    this.#lock.release();
  }
}

const noInfo: RuntimeInfo = { kind: 'webcontainer', real: true, engine: 'unknown', nodeVersion: null };

/** In the background: that it fails costs some memory, and nobody has to know. */
function removeFolder(container: Container, folder: string): void {
  container.fs.rm(folder, { recursive: true, force: true }).catch(() => {});
}
