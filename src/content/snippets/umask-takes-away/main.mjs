// The same two requests under three umasks, on a real file system.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'umask-'));
const octal = (number) => number.toString(8).padStart(3, '0');
const mode = (name) => octal(fs.statSync(path.join(work, name)).mode & 0o777);

// TRY: 0o002
for (const mask of [0o022, 0o027, 0o077]) {
  process.umask(mask);
  const name = octal(mask);
  fs.writeFileSync(path.join(work, `file-${name}`), 'photo'); // asks for 666
  fs.mkdirSync(path.join(work, `folder-${name}`)); // asks for 777
  const made = `file=${mode(`file-${name}`)} folder=${mode(`folder-${name}`)}`;
  console.log(`umask=${name} ${made}`);
}

process.umask(0o022);
const secret = path.join(work, 'secret.env');
fs.writeFileSync(secret, 'TOKEN=1', { mode: 0o600 }); // asks for less
console.log(`asked=600 file=${mode('secret.env')}`);
fs.writeFileSync(secret, 'TOKEN=2', { mode: 0o666 }); // it is there already
console.log(`asked=666 file=${mode('secret.env')}`);
fs.rmSync(work, { recursive: true });
