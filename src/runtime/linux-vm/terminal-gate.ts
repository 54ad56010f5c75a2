/** Hands on what the terminal shows, but not more than so much of one command: `yes` would fill the page's memory. */
import type { Guest } from './guest.ts';

export interface GateOptions {
  onTerminal?: (bytes: Uint8Array) => void;
  terminalBytes?: number;
  onFlood?: () => void;
}

export class TerminalGate {
  #open = false;
  #room: number;

  constructor(guest: Guest, { onTerminal, terminalBytes = 2 * 1024 ** 2, onFlood }: GateOptions) {
    this.#room = terminalBytes;
    if (!onTerminal) return;
    guest.onPieces((pieces) => {
      for (const piece of pieces) {
        // What the reader sees between two prompts is one command's.
        if (piece.kind === 'prompt') this.#room = terminalBytes;
        if (piece.kind !== 'bytes' || !this.#open || this.#room <= 0) continue;
        const bytes = piece.bytes.subarray(0, this.#room);
        this.#room -= bytes.length;
        onTerminal(bytes);
        if (this.#room <= 0) onFlood?.();
      }
    });
  }

  /** From here on, the terminal is the reader's. */
  open(): void {
    this.#open = true;
  }
}
