// Two people pack a parcel each. Both need the scissors and the tape.
import { setTimeout as pause } from 'node:timers/promises';

class Mutex {
  #last = Promise.resolve();
  async take() {
    const before = this.#last;
    let giveBack;
    this.#last = new Promise((done) => {
      giveBack = done;
    });
    await before;
    return giveBack;
  }
}

async function pack(first, second) {
  const giveFirst = await first.take();
  await pause(20); // holds one and reaches for the other
  const giveSecond = await second.take();
  giveSecond();
  giveFirst();
}

async function shift(label, ...orders) {
  const locks = { scissors: new Mutex(), tape: new Mutex() };
  const work = orders.map(([a, b]) => pack(locks[a], locks[b]));
  const done = Promise.all(work).then(() => 'both parcels packed');
  const patience = pause(500).then(() => 'stuck after 500 ms');
  console.log(`${label}: ${await Promise.race([done, patience])}`);
}

const [one, other] = ['scissors', 'tape'];
await shift('crossed', [one, other], [other, one]);
await shift('same order', [one, other], [one, other]); // TRY: swap both pairs
