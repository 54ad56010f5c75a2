// Which number does a file get, and who remembers how far it was read?
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'numbers-'));
const file = path.join(folder, 'letters');
fs.writeFileSync(file, 'abcdefghij');

function read(descriptor) {
  const bytes = Buffer.alloc(2);
  fs.readSync(descriptor, bytes); // goes on where this one stopped
  return bytes.toString();
}

const first = fs.openSync(file);
const second = fs.openSync(file); // the same file, opened again
console.log(`two numbers for one file: ${first !== second}`);
console.log(`first reads  ${read(first)}`);
console.log(`first reads  ${read(first)}`);
console.log(`second reads ${read(second)}`);

fs.closeSync(first);
const third = fs.openSync(file);
console.log(`third has the number that first had: ${third === first}`);
console.log(`third reads  ${read(third)}`);

fs.closeSync(second);
fs.closeSync(third);
try {
  read(second); // TRY: leave out the close of second
} catch (error) {
  console.log(`second, after its close: ${error.code}`);
}
fs.rmSync(folder, { recursive: true });
