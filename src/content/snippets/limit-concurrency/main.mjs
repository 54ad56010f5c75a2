// The same 300 jobs, the same limit. Only the number at once differs.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'upload-'));
const photo = path.join(folder, 'photo.jpg');
await fs.writeFile(photo, 'jpeg');

async function handle() {
  const file = await fs.open(photo);
  try {
    await pause(5);
    return (await file.readFile()).length;
  } finally {
    await file.close();
  }
}

async function inPool(size, jobs) {
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) await jobs[next++]();
  };
  await Promise.all(Array.from({ length: size }, worker));
}

const jobs = Array.from({ length: 300 }, () => handle);
async function report(label, work) {
  const handled = work.then(() => 'all 300 handled');
  console.log(`${label}: ${await handled.catch((error) => error.code)}`);
  await pause(200); // lets the files that are still open close
}

await report('300 at once', Promise.all(jobs.map((job) => job())));
await report('20 at a time', inPool(20, jobs)); // TRY: 60
await fs.rm(folder, { recursive: true });
