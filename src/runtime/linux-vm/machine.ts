/**
 * A Linux machine out of a snapshot, ready at its prompt: the same code in a page (or a worker of it) and in Node. One machine is for one
 * lab; the next one gets a fresh restore.
 */
import type { Emulator, EmulatorClass, MachineOptions } from './emulator.ts';
import { Guest, GuestSilent } from './guest.ts';
import { LabProcess, type LabSpec } from './lab-process.ts';
import { TerminalGate } from './terminal-gate.ts';

export type GuestUser = 'student' | 'root';

export interface RestoreOptions {
  /** The class of v86, from its package or from the page's own copy. */
  V86: EmulatorClass;
  /** From the manifest of the image. */
  machine: MachineOptions;
  /** v86.wasm, compiled: compile it once for many restores. */
  wasm: WebAssembly.Module;
  /** The unpacked snapshot. It is copied; the caller keeps it for the next restore. */
  state: Uint8Array<ArrayBuffer>;
  /** There is no next restore: the state is the machine's, and not copied. It has to fill its buffer. */
  once?: boolean;
  /** Who sits at the prompt. */
  user?: GuestUser;
  /** Size of the terminal in characters; 100 x 30 where nothing is said. */
  columns?: number;
  rows?: number;
  /** What the terminal shows from the first prompt on, capped for each command (`terminalBytes`). */
  onTerminal?: (bytes: Uint8Array) => void;
  /** So many bytes of one command come to the terminal, 2 MiB where nothing is said; what is beyond is left out and `onFlood` says so. */
  terminalBytes?: number;
  onFlood?: () => void;
  /** Lies in the home folder of `user` from the start, without a folder in its name. */
  file?: { name: string; text: string };
  /** How long the machine may take to answer, in milliseconds; 20 000 where nothing is said. */
  timeoutMs?: number;
}

/**
 * Restores a machine and waits for its prompt.
 *
 * @throws `GuestSilent` where it does not come up in time; what WebAssembly throws where there is too little memory for it
 */
export async function restoreMachine(options: RestoreOptions): Promise<Machine> {
  const emulator = new options.V86({
    ...options.machine,
    wasm_fn: async (imports) => (await WebAssembly.instantiate(options.wasm, imports)).exports,
    initial_state: { buffer: options.once ? options.state.buffer : new Uint8Array(options.state).buffer },
    autostart: true,
  });
  const machine = new Machine(emulator, options);
  try {
    await machine.ready(options);
    return machine;
  } catch (error) {
    await machine.dispose();
    throw error;
  }
}

export class Machine {
  readonly #emulator: Emulator;
  readonly #guest: Guest;
  readonly #gate: TerminalGate;
  #current: LabProcess | undefined;
  #disposed = false;
  #setUp: Promise<void> = Promise.resolve();

  /** @internal see `restoreMachine` */
  constructor(emulator: Emulator, options: RestoreOptions) {
    this.#emulator = emulator;
    this.#guest = new Guest(emulator);
    this.#gate = new TerminalGate(this.#guest, options);
  }

  /**
   * @internal Shows a first prompt. The clock, which stood still since the snapshot, the size of the terminal and the file follow beside it
   * (`settled`): each program that the guest starts takes a twentieth of a second or more, and the reader sees the prompt already.
   */
  async ready({ user = 'student', columns = 100, rows = 30, file, timeoutMs = 20_000 }: RestoreOptions): Promise<void> {
    const started = new Promise<void>((resolve) => this.#emulator.add_listener('emulator-started', resolve));
    await within(started, timeoutMs, 'the emulator did not start');
    const prompt = this.#guest.nextPrompt(timeoutMs);
    // init starts another shell for whoever is named in this file.
    const become = `echo ${user} >/run/lab/user; kill -HUP "$(</run/lab/terminal)"`;
    if (user === 'student') this.type('\f');
    else await this.asRoot(become, timeoutMs);
    this.#gate.open();
    await prompt;
    const settings = [`date -s @${Math.round(Date.now() / 1000)}`, this.#size(columns, rows)];
    this.#setUp = this.#settle(settings, file, user, timeoutMs);
    // Whoever waits for it is told.
    this.#setUp.catch(() => {});
  }

  /** The clock is set, the terminal has its size and the file is there. @throws `GuestSilent`, or an error that says what failed */
  settled(): Promise<void> {
    return this.#setUp;
  }

  /** All in one question: each takes the guest some programs. */
  async #settle(scripts: string[], file: RestoreOptions['file'], user: GuestUser, timeoutMs: number): Promise<void> {
    if (file) scripts.push(await this.#bring(file.name, file.text, user));
    // BusyBox's shell runs its own tools without starting a program for each: a fifth of what the guest has to do.
    const { code, output } = await this.asRoot(`exec busybox sh -c '${scripts.join('; ')}'`, timeoutMs);
    if (code !== 0) throw new Error(`the machine could not be set up: ${output}`);
  }

  /** Sends what the reader types. */
  type(keys: string | Uint8Array): void {
    if (!this.#disposed) this.#guest.type(keys);
  }

  /** Tells the guest the size of the terminal, in characters. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.asRoot(this.#size(columns, rows));
  }

  #size(columns: number, rows: number): string {
    return `stty -F /dev/ttyS0 cols ${columns} rows ${rows}`;
  }

  /** Puts a file into the home folder of a user. A name without a folder. */
  async putFile(name: string, text: string, user: GuestUser = 'student'): Promise<void> {
    const { code, output } = await this.asRoot(await this.#bring(name, text, user));
    if (code !== 0) throw new Error(`${name} could not be written in the guest: ${output}`);
  }

  /** Puts a file onto the share, and gives the script that takes it to its place. */
  async #bring(name: string, text: string, user: GuestUser): Promise<string> {
    if (!/^[\w.-]+$/.test(name)) throw new Error(`"${name}" is no name of a file`);
    await this.#emulator.create_file(name, new TextEncoder().encode(text));
    const place = `${user === 'root' ? '/root' : '/home/student'}/${name}`;
    return `cp /mnt/host/${name} ${place} && chown ${user}:${user} ${place} && rm /mnt/host/${name}`;
  }

  /**
   * Runs a lab in the terminal, as if the reader had typed `bash NAME`. One at a time: a second one before the end of the first is refused.
   * Where it ends with `lost`, the machine is of no use any more: dispose of it and restore another.
   */
  run(spec: LabSpec): LabProcess {
    if (this.#current?.running) throw new Error('a lab is running in this machine already');
    const put = async () => {
      await this.settled();
      if (spec.script !== undefined) await this.putFile(spec.file, spec.script, spec.user);
    };
    this.#current = new LabProcess(this.#guest, spec, put, () => this.dispose());
    return this.#current;
  }

  /** Runs a script of bash as root beside the terminal: for looking and for setting up, not for what a reader should see. */
  asRoot(script: string, timeoutMs = 10_000): Promise<{ code: number; output: string }> {
    if (this.#disposed) return Promise.reject(new GuestSilent('the machine is gone'));
    return this.#guest.asRoot(script, timeoutMs);
  }

  /** Stands still, such as while its tab is hidden; the time of a running lab stands still with it. */
  async pause(): Promise<void> {
    if (this.#disposed || !this.#emulator.is_running()) return;
    await this.#emulator.stop();
    this.#current?.pause();
  }

  async resume(): Promise<void> {
    if (this.#disposed || this.#emulator.is_running()) return;
    this.#current?.resume();
    await this.#emulator.run();
  }

  /** Ends the machine at once and frees its memory. Safe to call more than once. A running lab ends as `lost`. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#current?.lose('the machine was disposed of');
    this.#guest.dispose();
    await this.#emulator.destroy();
  }
}

function within<T>(promise: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new GuestSilent(message)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
