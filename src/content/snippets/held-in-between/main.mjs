// A fast sender and a slow disk. How much waits in memory between them?
import { once } from 'node:events';
import { Writable } from 'node:stream';

const piece = 64 * 1024;
const pieces = 800; // 50 MiB in all. TRY: 1600

const slowDisk = () =>
  new Writable({
    highWaterMark: 2 * piece,
    write: (_chunk, _encoding, done) => setImmediate(done),
  });

async function send(name, waits) {
  const disk = slowDisk();
  let held = 0;
  let refused = 0;
  for (let sent = 0; sent < pieces; sent++) {
    const ready = disk.write(Buffer.alloc(piece));
    held = Math.max(held, disk.writableLength);
    if (ready) continue;
    refused++;
    if (waits) await once(disk, 'drain');
  }
  disk.end();
  await once(disk, 'finish');
  console.log(`${name} said_no=${refused} held_kib=${held / 1024}`);
}

await send('does not listen', false);
await send('waits for drain', true);
