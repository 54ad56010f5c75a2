// Opens one file again and again and says what stopped it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const bound = 5000; // stops by itself where no limit does
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'open-'));
const file = path.join(folder, 'file');
fs.writeFileSync(file, 'x');

const open = [];
let stoppedBy = 'our own bound';
try {
  while (open.length < bound) open.push(fs.openSync(file)); // TRY: close some
} catch (error) {
  stoppedBy = `${error.code} in ${error.syscall}`;
}
console.log(`opened=${open.length}`);
console.log(`highest_descriptor=${open.at(-1)}`);
console.log(`stopped_by=${stoppedBy}`);

for (const descriptor of open) fs.closeSync(descriptor);
const again = fs.openSync(file);
console.log(`after_closing_all=descriptor ${again} works`);
fs.closeSync(again);
fs.rmSync(folder, { recursive: true });
