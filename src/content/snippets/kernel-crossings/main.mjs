// The same 20,000 bytes into a file, in pieces of three sizes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const bytes = 20_000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'crossings-'));

/** How often this process has called write, in the kernel's own count. */
function writeCalls() {
  const counts = `/proc/${process.pid}/io`; // Linux; we ask through cat
  const { stdout } = spawnSync('cat', [counts], { encoding: 'utf8' });
  return Number(/^syscw: (\d+)$/m.exec(stdout)?.[1]);
}

function inPieces(size) {
  const file = fs.openSync(path.join(folder, `${size}`), 'w');
  const piece = 'x'.repeat(size);
  const before = writeCalls();
  const start = performance.now();
  for (let at = 0; at < bytes; at += size) fs.writeSync(file, piece);
  const ms = performance.now() - start;
  const calls = writeCalls() - before;
  fs.closeSync(file);
  return { calls, ms };
}

inPieces(bytes); // warms up; not shown
for (const size of [1, 100, bytes]) {
  // TRY: 10, 4000
  const { calls, ms } = inPieces(size);
  const written = fs.statSync(path.join(folder, `${size}`)).size;
  console.log(`bytes_per_call=${size} write_calls=${calls}`);
  console.log(`  file_size=${written} took_ms=${ms.toFixed(1)}`);
}
fs.rmSync(folder, { recursive: true });
