/** Turns what a program wrote into what the page shows: whole lines, LF only, no terminal control, at most so many bytes. */
import stripAnsi from 'strip-ansi';

// What a terminal acts on and does not show; tab and line feed stay.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

const bytesOf = new TextEncoder();

export class OutputNormaliser {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder();
  #pending = '';
  #bytes = 0;
  #truncated = false;

  /** @param maxBytes of UTF-8 that come through, counted after normalisation; Infinity for all */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether something was dropped. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** Takes a piece as it arrived, cut anywhere, and gives the lines that it completed, each with its LF; "" where none is complete. */
  push(piece: string | Uint8Array): string {
    const text = typeof piece === 'string' ? piece : this.#decoder.decode(piece, { stream: true });
    if (this.#full()) {
      this.#truncated ||= text !== '';
      return '';
    }
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      this.#pending += text;
      // A line without end would be kept for ever: what goes beyond the bound can never be shown.
      return this.#pending.length > this.#maxBytes * 2 + 65_536 ? this.flush() : '';
    }
    const lines = this.#pending + text.slice(0, end + 1);
    this.#pending = text.slice(end + 1);
    return this.#within(plain(lines));
  }

  /** The last line where the program did not end it with LF; "" otherwise. */
  flush(): string {
    const rest = this.#pending + this.#decoder.decode();
    this.#pending = '';
    return rest === '' ? '' : this.#within(plain(rest));
  }

  #full(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  #within(text: string): string {
    const room = this.#maxBytes - this.#bytes;
    // A UTF-16 unit takes at most three bytes: most texts need no counting against the bound.
    if (text.length * 3 <= room) {
      this.#bytes += bytesOf.encode(text).length;
      return text;
    }
    const encoded = bytesOf.encode(text);
    if (encoded.length <= room) {
      this.#bytes += encoded.length;
      return text;
    }
    this.#truncated = true;
    this.#bytes = this.#maxBytes;
    // `stream` leaves out a character that the bound cuts in two.
    return new TextDecoder().decode(encoded.subarray(0, room), { stream: true });
  }
}

function plain(text: string): string {
  return stripAnsi(text)
    .replace(/\r+\n?/g, lineFeeds)
    .replace(controls, '');
}

/** A terminal writes CRLF for LF, and so CRCRLF for a program's own CRLF: one end of a line. A CR alone starts the line anew. */
function lineFeeds(found: string): string {
  return found.endsWith('\n') ? '\n' : '\n'.repeat(found.length);
}
