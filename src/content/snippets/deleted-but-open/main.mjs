// A log is deleted while its service still writes to it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'));
const name = path.join(folder, 'app.log');
const MB = 1024 * 1024;

const log = fs.openSync(name, 'a+'); // the service opens its log to append
fs.writeSync(log, Buffer.alloc(8 * MB, '\n'));

function report(step) {
  const { nlink, size } = fs.fstatSync(log);
  const found = fs.readdirSync(folder).length;
  const mb = Math.round(size / MB);
  console.log(`${step.padEnd(9)} in_folder=${found} names=${nlink} mb=${mb}`);
}

report('open');
fs.rmSync(name);
report('deleted');

fs.writeSync(log, 'still writing');
const bytes = Buffer.alloc(13);
fs.readSync(log, bytes, 0, 13, 8 * MB);
console.log(`read from the deleted file: ${bytes}`);

fs.ftruncateSync(log, 0); // TRY: leave this line out
report('emptied');
fs.writeSync(log, 'and goes on');
console.log(`bytes after going on: ${fs.fstatSync(log).size}`);
fs.closeSync(log); // the last holder: now nothing of it is left
fs.rmdirSync(folder);
