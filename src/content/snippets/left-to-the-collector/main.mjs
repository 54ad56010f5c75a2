// One file is closed, one is forgotten. What does the collector do with it?
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

let said = 'nothing';
process.removeAllListeners('warning'); // keeps Node from printing it, too
process.on('warning', ({ message }) => {
  if (message.includes('on garbage collection')) said = 'warning';
});
process.on('uncaughtException', ({ code }) => {
  said = code;
});

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'forgotten-'));
const name = path.join(folder, 'file');

async function use(close) {
  const file = await fs.open(name, 'a');
  await file.write('a line\n');
  if (close) await file.close();
}

for (const close of [true, false]) {
  await use(close); // TRY: a third time, with true
  for (let round = 0; round < 3; round++) {
    collect();
    await pause(50);
  }
  console.log(`${close ? 'closed' : 'forgotten'}_file=${said}`);
}
await fs.rm(folder, { recursive: true });
