// Three buyers take one camera each, all at the same time. How many are left?
let stock = 0;
const answer = () => new Promise(setImmediate); // what asking a database takes

async function buy() {
  const seen = stock;
  await answer();
  stock = seen - 1;
}

async function buyInOneStep() {
  await answer();
  if (stock > 0) stock -= 1;
}

class Mutex {
  #last = Promise.resolve();
  run(work) {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {}); // one failure must not stop the rest
    return mine;
  }
}

async function sell(label, buyers) {
  stock = 10;
  await Promise.all(buyers.map((buyer) => buyer()));
  console.log(`${label}: sold=${buyers.length} left=${stock}`);
}

const shared = new Mutex();
const locked = () => shared.run(buy);
const own = [new Mutex(), new Mutex(), new Mutex()];
await sell('no lock', [buy, buy, buy]); // TRY: remove "await answer()"
await sell('one lock', [locked, locked, locked]);
await sell(
  'a lock each',
  own.map((lock) => () => lock.run(buy)),
);
await sell('one step', [buyInOneStep, buyInOneStep, buyInOneStep]);
