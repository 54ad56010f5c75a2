/** The page's side of the machine: one worker at a time, what it does as a state, and an end of it whatever it does. */
import type { RunResult } from '../contract.ts';
import { littleMemory, missingFeature } from './availability.ts';
import type { FromWorker, StartOrder, Step, ToWorker, VmFailure } from './messages.ts';

export type VmState =
  | { name: 'idle' }
  | { name: 'downloading'; bytes: number; total: number }
  | { name: 'verifying' }
  | { name: 'restoring' }
  | { name: 'prompt' }
  | { name: 'running' }
  /** @property alive the machine is still there, at its prompt */
  | { name: 'ended'; result: RunResult; alive: boolean }
  | { name: 'failed'; cause: VmFailure; message: string };

export interface VmListener {
  onState(state: VmState): void;
  onTerminal(bytes: Uint8Array): void;
  /** The terminal leaves out the rest of what a command prints. */
  onFlood(): void;
}

/** So many seconds without a sign of the worker, in a visible tab, and it is gone: engines end a worker without a word where memory ends. */
const silentSeconds = 30;

export class VmClient {
  /** A machine takes some hundred megabytes (src/components/lab/browser-size.ts): a page has one. */
  static #active: VmClient | undefined;
  readonly #listener: VmListener;
  #worker: Worker | undefined;
  #state: VmState = { name: 'idle' };
  #transcript = '';
  #startedAt = 0;
  #silentFor = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  /** The worker has said something. */
  #heard = false;
  #warned = false;

  constructor(listener: VmListener) {
    this.#listener = listener;
    document.addEventListener('visibilitychange', () => this.#send({ type: document.hidden ? 'pause' : 'resume' }));
    addEventListener('pagehide', () => this.turnOff());
  }

  get state(): VmState {
    return this.#state;
  }

  /** What the lab has printed, as the checker reads it. */
  get transcript(): string {
    return this.#transcript;
  }

  /** A fresh machine; one that is there is ended. Failures come as a state. */
  start(order: StartOrder): void {
    this.#end();
    VmClient.#active?.turnOff();
    this.#transcript = '';
    const missing = missingFeature();
    if (missing) {
      this.#fail(missing, 'the browser lacks a feature');
      return;
    }
    // Once: a reader who presses again wants to try.
    if (littleMemory() && !this.#warned) {
      this.#warned = true;
      this.#fail('too-little-memory', 'navigator.deviceMemory');
      return;
    }
    VmClient.#active = this;
    this.#startedAt = performance.now();
    this.#to({ name: 'verifying' });
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    // What is still on its way from a worker that was ended is nobody's.
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (this.#worker === worker) this.#take(data);
    };
    const died = (cause: VmFailure, message: string) => {
      if (this.#worker === worker) this.#fail(cause, message);
    };
    // Its code could not be fetched, or it ended itself by an error.
    worker.onerror = ({ message }) => died(this.#heard ? 'worker-died' : 'not-loaded', message);
    worker.onmessageerror = () => died('worker-died', 'a message could not be read');
    this.#send({ type: 'start', order });
    if (document.hidden) this.#send({ type: 'pause' });
    this.#silentFor = 0;
    this.#heard = false;
    this.#watch = setInterval(() => this.#look(), 1000);
  }

  /** What the reader types. */
  type(keys: string): void {
    this.#send({ type: 'keys', keys });
  }

  resize(columns: number, rows: number): void {
    this.#send({ type: 'resize', columns, rows });
  }

  /**
   * Ends the machine at once, whatever it does, and frees its memory: the worker is ended and not asked. Ctrl-C in the terminal is the way
   * to end a program and keep the machine. Safe to call at any time.
   */
  turnOff(): void {
    if (!this.#worker) return;
    this.#end();
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const stopped: RunResult = { outcome: 'stopped', by: 'user', durationMs, truncated: false };
    const result = this.#state.name === 'ended' ? this.#state.result : stopped;
    this.#to({ name: 'ended', result, alive: false });
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #take(message: FromWorker): void {
    this.#silentFor = 0;
    this.#heard = true;
    const { type } = message;
    if (type === 'terminal') this.#listener.onTerminal(message.bytes);
    else if (type === 'flood') this.#listener.onFlood();
    else if (type === 'output') this.#transcript += message.text;
    else if (type === 'failed') this.#fail(message.cause, message.message);
    else if (type === 'ended') this.#ended(message.result, message.lost);
    else if (type === 'downloading') this.#to({ name: type, bytes: message.bytes, total: message.total });
    else if (type === 'step') measure(message.step, message.from, message.to);
    else if (type !== 'alive') this.#to({ name: type });
  }

  #ended(result: RunResult, lost: boolean): void {
    if (result.outcome === 'failed') {
      this.#fail('guest-silent', result.message);
      return;
    }
    if (lost) this.#end();
    this.#to({ name: 'ended', result, alive: !lost });
  }

  #look(): void {
    // Counted in turns of this timer, which stands still with the whole tab: a laptop that slept is no silence.
    this.#silentFor = document.hidden ? 0 : this.#silentFor + 1;
    if (this.#silentFor > silentSeconds) this.#fail('worker-died', `no sign of it for ${silentSeconds} s`);
  }

  #fail(cause: VmFailure, message: string): void {
    this.#end();
    this.#to({ name: 'failed', cause, message });
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    clearInterval(this.#watch);
    if (VmClient.#active === this) VmClient.#active = undefined;
  }

  #to(state: VmState): void {
    this.#state = state;
    this.#listener.onState(state);
  }
}

/** Into the page's own timeline, for whoever looks at it in the developer tools, and for measurements (bench/linux-vm-page.ts). */
function measure(step: Step, from: number, to: number): void {
  const { timeOrigin } = performance;
  performance.measure(`linux-vm: ${step}`, { start: from - timeOrigin, end: to - timeOrigin });
}
