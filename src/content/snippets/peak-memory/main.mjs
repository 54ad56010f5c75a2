// How much memory does the worst moment need? All sizes are MiB.
const atOnce = 40; // TRY: 80
const usual = 8;
const largest = 200;
const base = 120; // the app while it does nothing
const box = 1024; // what we pay for
const piece = 64 / 1024; // a stream holds two pieces of 64 KiB

// How many at once, how large each, and how much room there is.
const options = {
  'usual photos': [atOnce, usual, box],
  'as it is': [atOnce, largest, box],
  'box of 4 GiB': [atOnce, largest, 4 * box],
  'box of 8 GiB': [atOnce, largest, 8 * box],
  '20 at most': [atOnce, 20, box],
  '4 at a time': [4, largest, box],
  stream: [atOnce, 2 * piece, box],
};

for (const [name, [count, size, room]] of Object.entries(options)) {
  const need = base + count * size;
  const left = room - need;
  const verdict = left >= 0 ? `left=${left}` : `over=${-left}`;
  console.log(`${name.padEnd(14)}need=${need} room=${room} ${verdict}`);
}
