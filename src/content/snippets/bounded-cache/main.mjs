// The same 30,000 requests, and three caches that differ in how much they keep.
// Every third request is one of 50 members. Guests never come back.
const keyOf = (n) => (n % 3 ? `guest-${n}` : `member-${(n / 3) % 50}`);

class Cache {
  #entries = new Map();
  #bound;

  constructor(bound) {
    this.#bound = bound;
  }
  get size() {
    return this.#entries.size;
  }
  get(key) {
    const value = this.#entries.get(key);
    if (value) this.set(key, value); // used: now the youngest
    return value;
  }
  set(key, value) {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#bound) return;
    this.#entries.delete(this.#entries.keys().next().value);
  }
}

const requests = 30_000;
const bounds = [Infinity, 100, 200]; // TRY: 149 and 150
for (const bound of bounds) {
  const cache = new Cache(bound);
  let hits = 0;
  for (let n = 1; n <= requests; n++) {
    const key = keyOf(n);
    if (cache.get(key)) hits++;
    else cache.set(key, { key });
  }
  const share = Math.round((100 * hits) / requests);
  console.log(`bound=${bound} entries=${cache.size} hits=${share}%`);
}
