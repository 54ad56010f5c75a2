// One core, and the rule of EEVDF: of the tasks that are owed time, the one
// with the earliest virtual deadline runs.
const weights = { 0: 1024, 5: 335, 10: 110, 15: 36 }; // by nice value
const tasks = [
  { name: 'web', nice: 0 },
  { name: 'report', nice: 5 }, // TRY: 10, or 0
];
const slice = 3; // ms

for (const task of tasks) {
  task.weight = weights[task.nice] / 1024;
  task.virtual = 0; // runs slowly for the heavy, fast for the light
  task.cpu = 0;
}

function pick() {
  const all = tasks.reduce((sum, { weight }) => sum + weight, 0);
  const due = tasks.reduce((sum, it) => sum + it.weight * it.virtual, 0) / all;
  const owed = tasks.filter(({ virtual }) => virtual <= due + 1e-9);
  const deadline = ({ virtual, weight }) => virtual + slice / weight;
  return owed.toSorted((a, b) => deadline(a) - deadline(b))[0];
}

let order = '';
for (let turn = 0; turn < 100; turn++) {
  const task = pick();
  task.virtual += slice / task.weight;
  task.cpu += slice;
  if (turn < 16) order += task.name[0];
}

console.log(`first 16 turns: ${order}`);
for (const { name, nice, cpu } of tasks) {
  console.log(`${name.padEnd(6)} nice ${nice}: ${cpu} of 300 ms`);
}
