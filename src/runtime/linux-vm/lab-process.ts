/** One lab in the guest: its output, how it ended, and its end where it does not end by itself. */
import type { RunResult } from '../contract.ts';
import { OutputNormaliser } from '../output.ts';
import type { Guest } from './guest.ts';
import type { GuestUser } from './machine.ts';
import type { Piece } from './marks.ts';

export interface LabSpec {
  /** Name of the script in the guest, such as "emfile.sh". */
  file: string;
  /** Nothing where the file is in the home folder already. */
  script?: string;
  user?: GuestUser;
  /** Of the time in which the machine runs: a pause does not count. */
  timeoutMs: number;
  /** Of the transcript; the terminal has a bound of its own. */
  maxOutputBytes: number;
  /** Whole lines of the transcript, LF only, without control sequences, as they come. */
  onOutput?: (text: string) => void;
}

export interface LabEnd {
  result: RunResult;
  /** The whole transcript, at most `maxOutputBytes`: what the checker reads. */
  output: string;
  /** The machine did not come back to its prompt: it is disposed of. */
  lost: boolean;
}

/** So long a lab may tidy up after Ctrl-C. Then the machine is ended instead: the reader waits no longer than a second. */
const graceMs = 700;

export class LabProcess {
  /** Never rejects, always settles. */
  readonly done: Promise<LabEnd>;
  readonly #guest: Guest;
  readonly #spec: LabSpec;
  readonly #endMachine: () => void;
  readonly #lines: OutputNormaliser;
  #settle: (end: LabEnd) => void = () => {};
  #unlisten: () => void = () => {};
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #left: number;
  #since: number;
  #startedAt = performance.now();
  /** Its time runs; setting the machine up is not the lab's. */
  #started = false;
  #began = false;
  #code: number | undefined;
  #stoppedBy: 'user' | 'timeout' | undefined;
  #output = '';
  running = true;

  constructor(guest: Guest, spec: LabSpec, put: () => Promise<void>, endMachine: () => void) {
    this.#guest = guest;
    this.#spec = spec;
    this.#endMachine = endMachine;
    this.#lines = new OutputNormaliser(spec.maxOutputBytes);
    this.#left = spec.timeoutMs;
    this.#since = performance.now();
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    put().then(
      () => this.#start(),
      (error: unknown) => this.lose(error instanceof Error ? error.message : `${error}`),
    );
  }

  /** Ctrl-C, and where that does not help, the end of the machine. `done` settles within a second. Safe to call at any time. */
  stop(): void {
    this.#end('user');
  }

  pause(): void {
    if (!this.running || !this.#started) return;
    clearTimeout(this.#deadline);
    this.#left -= performance.now() - this.#since;
  }

  resume(): void {
    if (this.running && this.#started) this.#startDeadline();
  }

  /** The machine is gone, or will not answer. */
  lose(message: string): void {
    if (this.#stoppedBy) this.#finish({ outcome: 'stopped', by: this.#stoppedBy, ...this.#figures() }, true);
    else this.#finish({ outcome: 'failed', stage: 'lost', cause: 'lost', message, retry: 'same-page' }, true);
  }

  #start(): void {
    if (!this.running) return;
    this.#started = true;
    this.#startedAt = performance.now();
    this.#startDeadline();
    this.#unlisten = this.#guest.onPieces((pieces) => this.#take(pieces));
    this.#guest.type(`bash ${this.#spec.file}\r`);
  }

  #take(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (!this.running) return;
      if (piece.kind === 'output-begins') this.#began = true;
      else if (!this.#began) continue;
      else if (piece.kind === 'command-ended') {
        this.#code = piece.code;
        this.#add(this.#lines.flush());
      } else if (piece.kind === 'prompt') {
        if (this.#code !== undefined) this.#ended(this.#code);
        // Between the end and the prompt stands the prompt itself.
      } else if (this.#code === undefined) this.#add(this.#lines.push(piece.bytes));
    }
  }

  #add(text: string): void {
    if (text === '') return;
    this.#output += text;
    this.#spec.onOutput?.(text);
  }

  #ended(code: number): void {
    if (this.#stoppedBy) this.#finish({ outcome: 'stopped', by: this.#stoppedBy, ...this.#figures() }, false);
    else this.#finish({ outcome: 'exited', code, ...this.#figures() }, false);
  }

  #end(by: 'user' | 'timeout'): void {
    if (!this.running || this.#stoppedBy) return;
    this.#stoppedBy = by;
    this.#guest.type('\x03');
    this.#grace = setTimeout(() => this.lose('the lab did not end'), graceMs);
  }

  #startDeadline(): void {
    this.#since = performance.now();
    this.#deadline = setTimeout(() => this.#end('timeout'), Math.max(0, this.#left));
  }

  #figures(): { durationMs: number; truncated: boolean } {
    return { durationMs: Math.round(performance.now() - this.#startedAt), truncated: this.#lines.truncated };
  }

  #finish(result: RunResult, lost: boolean): void {
    if (!this.running) return;
    this.running = false;
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    this.#unlisten();
    this.#settle({ result, output: this.#output, lost });
    if (lost) this.#endMachine();
  }
}
