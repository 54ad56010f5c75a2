// Keeps arrays until the heap limit stops the process, or our own bound does.
import v8 from 'node:v8';

const MiB = 1024 * 1024;
const inMiB = (bytes) => Math.round(bytes / MiB);
const { heap_size_limit } = v8.getHeapStatistics();
console.log(`heap_size_limit_mib=${inMiB(heap_size_limit)}`);

const bound = process.argv[2] === 'only-ask' ? 0 : 96; // MiB. TRY: 32
const kept = [];
for (let mib = 1; mib <= bound; mib++) {
  kept.push(new Array(131_072).fill(mib));
  if (mib % 8 > 0) continue;
  const used = inMiB(process.memoryUsage().heapUsed);
  console.log(`kept_mib=${mib} heap_used_mib=${used}`);
}
if (bound > 0) console.log(`survived=yes kept_mib=${kept.length}`);
