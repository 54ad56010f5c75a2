// The same growth as before, but with Buffers. Where does the memory go?
import v8 from 'node:v8';

const MiB = 1024 * 1024;
const inMiB = (bytes) => Math.round(bytes / MiB);
const { heap_size_limit } = v8.getHeapStatistics();
console.log(`heap_size_limit_mib=${inMiB(heap_size_limit)}`);

const kept = [];
for (let mib = 1; mib <= 96; mib++) {
  kept.push(Buffer.alloc(MiB, 1)); // TRY: new Array(131_072).fill(mib)
  if (mib % 24 > 0) continue;
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  console.log(
    `kept_mib=${mib} heap_used_mib=${inMiB(heapUsed)}`,
    `buffers_mib=${inMiB(arrayBuffers)} rss_mib=${inMiB(rss)}`,
  );
}
console.log(`survived=yes kept_mib=${kept.length}`);
