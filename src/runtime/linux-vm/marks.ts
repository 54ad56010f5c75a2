/**
 * Finds the marks that the guest's shell writes around a command (OSC 133, the sequences of "shell integration" that terminals know and
 * do not show): C where its output begins, D with the exit code where it has ended, B where the shell waits for the next one.
 * They stand in the stream itself, so that they are in order with the output whatever the speed of either side.
 */

export type Piece =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'output-begins' }
  | { kind: 'command-ended'; code: number }
  | { kind: 'prompt' };

const start = [0x1b, 0x5d, 0x31, 0x33, 0x33, 0x3b]; // ESC ] 133 ;
const bell = 0x07;
/** A mark is "C", "B" or "D;255"; what is longer is no mark of ours. */
const longest = 8;

export class MarkReader {
  #held: number[] = [];

  /** Takes bytes as they arrived, cut anywhere. Bytes that may become a mark are held until that is known; marks are left out. */
  push(bytes: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    let plain: number[] = [];
    const endPlain = () => {
      if (plain.length > 0) pieces.push({ kind: 'bytes', bytes: Uint8Array.from(plain) });
      plain = [];
    };
    for (const byte of bytes) {
      const at = this.#held.length;
      // An escape inside of a mark begins another one: a program may print half a mark, and the real one must be seen behind it.
      const fits = at < start.length ? byte === start[at] : byte !== start[0] && at < start.length + longest;
      if (fits) {
        this.#held.push(byte);
        if (at < start.length || byte !== bell) continue;
        const mark = markOf(this.#held);
        if (mark) {
          endPlain();
          pieces.push(mark);
        } else plain.push(...this.#held);
        this.#held = [];
        continue;
      }
      plain.push(...this.#held);
      this.#held = [];
      if (byte === start[0]) this.#held.push(byte);
      else plain.push(byte);
    }
    endPlain();
    return pieces;
  }
}

function markOf(held: readonly number[]): Piece | undefined {
  const text = String.fromCharCode(...held.slice(start.length, -1));
  if (text === 'C') return { kind: 'output-begins' };
  if (text === 'B') return { kind: 'prompt' };
  const code = /^D;(\d{1,3})$/.exec(text)?.[1];
  return code === undefined ? undefined : { kind: 'command-ended', code: Number(code) };
}
