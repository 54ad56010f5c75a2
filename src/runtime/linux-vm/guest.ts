/**
 * A running guest as seen from outside: its terminal on the first serial line, and on the second its agent, which does things as root
 * beside the terminal. See linux-vm/guest for the other side of both.
 */
import type { Emulator } from './emulator.ts';
import { MarkReader, type Piece } from './marks.ts';

type SerialPort = Pick<Emulator, 'add_listener' | 'remove_listener' | 'serial_send_bytes'>;

/** What the guest did not answer in time. */
export class GuestSilent extends Error {
  override readonly name = 'GuestSilent';
}

interface Answer {
  code: number;
  output: string;
}

const encoder = new TextEncoder();
const terminalLine = 0;
const agentLine = 1;

export class Guest {
  readonly #emulator: SerialPort;
  readonly #marks = new MarkReader();
  readonly #pieces = new Set<(pieces: readonly Piece[]) => void>();
  readonly #raw = new Set<(bytes: Uint8Array) => void>();
  readonly #answers = new Map<number, { answer: (given: Answer) => void; lose: () => void }>();
  #arrived: number[] = [];
  #agentLine = '';
  #agentReady = false;
  #lastRequest = 0;
  #text = '';
  #prompts = 0;

  /** Has to be made before the emulator has run, or bytes are lost. */
  constructor(emulator: SerialPort) {
    this.#emulator = emulator;
    emulator.add_listener('serial0-output-byte', this.#onTerminalByte);
    emulator.add_listener('serial1-output-byte', this.#onAgentByte);
  }

  /** The last 64 KiB of what the terminal showed, for messages about a machine that does not start. */
  get seen(): string {
    return this.#text;
  }

  /** Every byte of the terminal in order, marks included, in pieces of one turn of the event loop. Gives what ends it. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.#raw.add(listener);
    return () => this.#raw.delete(listener);
  }

  /** The same with the marks taken out and told apart. */
  onPieces(listener: (pieces: readonly Piece[]) => void): () => void {
    this.#pieces.add(listener);
    return () => this.#pieces.delete(listener);
  }

  /** Sends keys to the terminal: "\r" is Enter, "\x03" is Ctrl-C. */
  type(keys: string | Uint8Array): void {
    const bytes = typeof keys === 'string' ? encoder.encode(keys) : keys;
    this.#emulator.serial_send_bytes(terminalLine, bytes);
  }

  /** Waits for the next prompt; where one has been seen since the machine started, `atPrompt` is done at once. */
  async atPrompt(timeoutMs: number): Promise<void> {
    if (this.#prompts === 0) await this.nextPrompt(timeoutMs);
    if (!this.#agentReady) await this.#until(() => this.#agentReady, timeoutMs, 'the agent');
  }

  /** Waits for a prompt that is not there yet. */
  nextPrompt(timeoutMs: number): Promise<void> {
    const before = this.#prompts;
    return this.#until(() => this.#prompts > before, timeoutMs, 'the prompt');
  }

  /**
   * Runs a script of bash as root beside the terminal. Rejects with `GuestSilent` where no answer comes: a machine without memory or
   * processes left may not give one.
   */
  asRoot(script: string, timeoutMs: number): Promise<Answer> {
    const id = ++this.#lastRequest;
    return new Promise((resolve, reject) => {
      const refuse = (why: string) => {
        this.#answers.delete(id);
        clearTimeout(timer);
        reject(new GuestSilent(`${why} to: ${script}`));
      };
      const timer = setTimeout(() => refuse(`no answer within ${timeoutMs} ms`), timeoutMs);
      this.#answers.set(id, {
        answer: (given) => {
          this.#answers.delete(id);
          clearTimeout(timer);
          resolve(given);
        },
        lose: () => refuse('the machine is gone, and gives no answer'),
      });
      this.#emulator.serial_send_bytes(agentLine, encoder.encode(`${id} ${toBase64(encoder.encode(script))}\n`));
    });
  }

  dispose(): void {
    this.#emulator.remove_listener('serial0-output-byte', this.#onTerminalByte);
    this.#emulator.remove_listener('serial1-output-byte', this.#onAgentByte);
    this.#pieces.clear();
    this.#raw.clear();
    for (const { lose } of [...this.#answers.values()]) lose();
  }

  readonly #onTerminalByte = (byte: number): void => {
    if (this.#arrived.length === 0) queueMicrotask(this.#deliver);
    this.#arrived.push(byte);
  };

  /** v86 runs for some milliseconds at a time and reports each byte by itself: they are handed on together. */
  readonly #deliver = (): void => {
    const bytes = Uint8Array.from(this.#arrived);
    this.#arrived = [];
    this.#text = (this.#text + String.fromCharCode(...bytes.subarray(-65_536))).slice(-65_536);
    const pieces = this.#marks.push(bytes);
    for (const { kind } of pieces) if (kind === 'prompt') this.#prompts++;
    for (const listener of [...this.#raw]) listener(bytes);
    for (const listener of [...this.#pieces]) listener(pieces);
  };

  readonly #onAgentByte = (byte: number): void => {
    if (byte !== 0x0a) {
      this.#agentLine += String.fromCharCode(byte);
      return;
    }
    const line = this.#agentLine.trim();
    this.#agentLine = '';
    if (line === 'READY') this.#agentReady = true;
    const [, id, code, output = ''] = /^DONE (\d+) (\d+) ?(\S*)$/.exec(line) ?? [];
    if (id === undefined) return;
    this.#answers.get(Number(id))?.answer({ code: Number(code), output: fromBase64(output) });
  };

  #until(holds: () => boolean, timeoutMs: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const started = performance.now();
      const timer = setInterval(() => {
        if (holds()) resolve();
        else if (performance.now() - started > timeoutMs)
          reject(new GuestSilent(`${what} did not come within ${timeoutMs} ms`));
        else return;
        clearInterval(timer);
      }, 5);
    });
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)));
}
