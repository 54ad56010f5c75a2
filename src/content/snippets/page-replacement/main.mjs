// The same requests for pages, three ways to choose who leaves.
const asked = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];

// Each is told what is in RAM, in order of arrival, and says who leaves.
const policies = {
  FIFO: (ram) => ram[0],
  LRU: (ram) => ram.toSorted((a, b) => a.lastUse - b.lastUse)[0],
  CLOCK(ram) {
    while (ram[0].used) {
      ram[0].used = false; // a second chance
      ram.push(ram.shift());
    }
    return ram[0];
  },
};

function countFaults(chooseVictim, frames) {
  const ram = [];
  let faults = 0;
  for (const [time, number] of asked.entries()) {
    let page = ram.find((one) => one.number === number);
    if (!page) {
      faults += 1; // not in RAM: the program waits until it is loaded
      if (ram.length === frames) ram.splice(ram.indexOf(chooseVictim(ram)), 1);
      page = { number };
      ram.push(page);
    }
    page.lastUse = time;
    page.used = true;
  }
  return faults;
}

const frames = [3, 4]; // TRY: [2, 5]
for (const [name, choose] of Object.entries(policies)) {
  const say = (size) => `${size} frames: ${countFaults(choose, size)} faults`;
  console.log(`${name.padEnd(7)}${frames.map(say).join('   ')}`);
}
