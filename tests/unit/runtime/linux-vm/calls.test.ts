/** The filter in front of the packer gives back every byte, of code and of anything else. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { absoluteCalls, RelativeCalls, relativeCalls } from '../../../../src/runtime/linux-vm/calls.ts';

it('is undone exactly', () => {
  // Many calls and jumps, small and large distances: what decides between the cases.
  const byte = fc.oneof(fc.constantFrom(0xe8, 0xe9, 0x00, 0xff), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 400 }), (list) => {
      const bytes = Uint8Array.from(list);
      expect(relativeCalls(absoluteCalls(Uint8Array.from(bytes)))).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

it('is undone the same way while the bytes arrive, cut anywhere', () => {
  const byte = fc.oneof(fc.constantFrom(0xe8, 0xe9, 0x00, 0xff), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), fc.array(fc.integer({ min: 1, max: 40 })), (list, cuts) => {
      const packed = absoluteCalls(Uint8Array.from(list));
      const arriving = new Uint8Array(packed.length);
      const calls = new RelativeCalls(arriving);
      let arrived = 0;
      for (const cut of [...cuts, packed.length]) {
        const part = packed.subarray(arrived, arrived + cut);
        arriving.set(part, arrived);
        arrived += part.length;
        calls.upTo(arrived);
      }
      expect(arriving).toEqual(Uint8Array.from(list));
    }),
    { numRuns: 2000 },
  );
});

it('makes equal calls equal bytes', () => {
  const code = new Uint8Array(64);
  const view = new DataView(code.buffer);
  for (const at of [0, 20, 40]) {
    code[at] = 0xe8;
    view.setInt32(at + 1, 50 - (at + 5), true); // to the place 50
  }
  const changed = absoluteCalls(code);
  const call = (at: number) => [...changed.subarray(at, at + 5)];
  expect(call(20)).toEqual(call(0));
  expect(call(40)).toEqual(call(0));
});
