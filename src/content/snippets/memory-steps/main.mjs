// One step = read a number, which says where to read next. Nothing can be
// guessed ahead, so a step lasts as long as the memory needs to answer.
const line = 64; // bytes that a cache takes in at once on most servers
const steps = 100_000;

function shuffledRing(bytes) {
  const lines = bytes / line;
  const order = Uint32Array.from({ length: lines }, (_, at) => at);
  let seed = 42; // the same order in every run
  for (let at = lines - 1; at > 0; at--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((seed / 2 ** 32) * at);
    [order[at], order[other]] = [order[other], order[at]];
  }
  const ring = new Uint32Array(bytes / 4);
  const place = (at) => order[at % lines] * (line / 4);
  for (let at = 0; at < lines; at++) ring[place(at)] = place(at + 1);
  return ring;
}

function walk(ring, from) {
  let at = from;
  for (let step = 0; step < steps; step++) at = ring[at];
  return at;
}

let first;
for (const kib of [16, 512, 8 * 1024, 128 * 1024]) {
  const ring = shuffledRing(kib * 1024); // TRY: other sizes, such as 64
  let best = Infinity;
  for (let round = 0, at = 0; round < 50; round++) {
    const start = process.hrtime.bigint();
    at = walk(ring, at);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / steps);
  }
  first ??= best;
  const times = Math.round(best / first);
  console.log(`kib=${kib} ns_per_step=${best.toFixed(1)} times=${times}`);
}
