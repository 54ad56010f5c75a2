/**
 * A reversible filter for x86 code, as in Microsoft's LZX and in xz: behind the opcodes of call (E8) and jump (E9) stands a distance.
 * Made into the place itself, every call of one function has the same bytes, and packs better. Where it is no code, it is undone all the
 * same. Works on the given bytes and gives them back.
 */
export const absoluteCalls = (bytes: Uint8Array): Uint8Array => walk(bytes, toPlace);

/** Undoes `absoluteCalls`. */
export const relativeCalls = (bytes: Uint8Array): Uint8Array => walk(bytes, toDistance);

function walk(bytes: Uint8Array, change: (value: number, at: number, size: number) => number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length;
  for (let at = 0; at < size - 5; at++) {
    if (((bytes[at] ?? 0) & 0xfe) !== 0xe8) continue;
    const value = view.getInt32(at + 1, true);
    const changed = change(value, at, size);
    if (changed !== value) view.setInt32(at + 1, changed, true);
    at += 4;
  }
  return bytes;
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
