// WebAssembly is a small instruction set. These bytes are a whole program:
// "take two whole numbers, do one instruction, hand back the result".
const program = (instruction) =>
  new Uint8Array(
    [
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
      [1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f], // (i32, i32) -> i32
      [3, 2, 1, 0], // one function of that type
      [7, 6, 1, 2, 0x64, 0x6f, 0, 0], // its name outside: "do"
      [10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, instruction, 0x0b],
    ].flat(),
  );

async function run(instruction) {
  const byte = `0x${instruction.toString(16)}`;
  try {
    const { instance } = await WebAssembly.instantiate(program(instruction));
    console.log(`byte=${byte} do(6, 3)=${instance.exports.do(6, 3)}`);
  } catch (error) {
    console.log(`byte=${byte} refused=${error.name}`);
  }
}

await run(0x6a);
await run(0x6c); // TRY: 0x6b, 0x6d, 0x72
await run(0xff); // this contract defines no such instruction
console.log(`translated_for=${process.arch}`);
