// Six requests that the kernel cannot grant. Each comes back with a reason.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'errno-'));
const file = path.join(folder, 'photo.jpg');
fs.writeFileSync(file, 'jpeg');

const requests = {
  'open a path that is not there': () =>
    fs.openSync(path.join(folder, 'photo.jpeg')),
  'use a file as if it were a folder': () =>
    fs.openSync(path.join(file, 'small.jpg')),
  'write into a folder': () => fs.openSync(folder, 'w'),
  'make a folder that is there': () => fs.mkdirSync(folder),
  'remove a folder that is not empty': () => fs.rmdirSync(folder),
  'close a ticket that was never given': () => fs.closeSync(4321),
  // TRY: a request of your own, such as fs.readdirSync('/root')
};

for (const [what, ask] of Object.entries(requests)) {
  try {
    ask();
    console.log(`${what}: granted`);
  } catch ({ syscall, code, errno }) {
    console.log(`${what}: ${syscall} = ${errno} ${code}`);
  }
}
fs.rmSync(folder, { recursive: true });
