// Asks for memory first and touches it later: when does RAM go?
const MB = 1024 * 1024;
const size = 128 * MB; // TRY: 256

const measure = () => ({
  rss: process.memoryUsage.rss(),
  faults: process.resourceUsage().minorPageFault,
});

let before;
function report(step) {
  const now = measure();
  const grown = Math.round((now.rss - before.rss) / MB);
  const faults = now.faults - before.faults;
  console.log(`${step.padEnd(14)} rss_mb=${grown} page_faults=${faults}`);
  before = measure();
}

// One byte in every 4 KiB is enough to touch each page.
function touch(block, from, to) {
  for (let at = from; at < to; at += 4096) block[at] = 1;
}

before = measure();
const block = Buffer.allocUnsafeSlow(size);
report('asked for');
touch(block, 0, size / 2);
report('half touched');
touch(block, size / 2, size);
report('all touched');
touch(block, 0, size);
report('touched again');
