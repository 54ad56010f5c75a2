/**
 * A reversible filter for x86 code, as in Microsoft's LZX and in xz: behind the opcodes of call (E8) and jump (E9) stands a distance.
 * Made into the place itself, every call of one function has the same bytes, and packs better. Where it is no code, it is undone all the
 * same. Works on the given bytes and gives them back.
 */
export const absoluteCalls = (bytes: Uint8Array): Uint8Array => {
  walk(bytes, 0, bytes.length, toPlace);
  return bytes;
};

/** Undoes `absoluteCalls`. */
export const relativeCalls = (bytes: Uint8Array): Uint8Array => {
  new RelativeCalls(bytes).upTo(bytes.length);
  return bytes;
};

/** Undoes `absoluteCalls` in bytes that still arrive, so that nothing is left to do when the last one is there. */
export class RelativeCalls {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @param bytes room for all of them */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @param arrived so many bytes are there; these may be changed from now on */
  upTo(arrived: number): void {
    this.#at = walk(this.#bytes, this.#at, arrived, toDistance);
  }
}

type Change = (value: number, at: number, size: number) => number;

/** Walks on over what has arrived, and gives the place at which the next walk begins. */
function walk(bytes: Uint8Array, from: number, arrived: number, change: Change): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length;
  // Behind the opcode, four bytes must be there.
  const end = Math.min(size - 5, arrived - 4);
  let at = from;
  for (; at < end; at++) {
    if (((bytes[at] ?? 0) & 0xfe) !== 0xe8) continue;
    const value = view.getInt32(at + 1, true);
    const changed = change(value, at, size);
    if (changed !== value) view.setInt32(at + 1, changed, true);
    at += 4;
  }
  return at;
}

// What a distance can mean lies in [-at, size - at): it becomes [0, size). The values in between must go somewhere, so that each has one origin.
function toPlace(value: number, at: number, size: number): number {
  if (value >= -at && value < size - at) return value + at;
  return value >= size - at && value < size ? value - size : value;
}

function toDistance(value: number, at: number, size: number): number {
  if (value >= 0 && value < size) return value - at;
  return value >= -at && value < 0 ? value + size : value;
}
