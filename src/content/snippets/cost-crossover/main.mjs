// Made-up prices in won. TRY: put in the quotes that you got.
const onDemand = 300; // per server and hour, only while it runs
const committed = 190; // per server and hour, all month, used or not
const owned = { perServer: 60_000, fixed: 4_000_000 }; // a month
const hours = 730;

const plans = {
  'on-demand': (servers, use) => servers * hours * use * onDemand,
  committed: (servers) => servers * hours * committed,
  owned: (servers) => servers * owned.perServer + owned.fixed,
};
const cheapest = (servers, use) =>
  Object.entries(plans)
    .map(([name, cost]) => ({ name, won: cost(servers, use) }))
    .sort((a, b) => a.won - b.won)[0].name;

const uses = [0.2, 0.4, 0.6, 0.8, 1];
function row(first, cells) {
  const padded = cells.map((cell) => cell.padEnd(11));
  console.log(first.padEnd(9) + padded.join('').trimEnd());
}

row(
  'servers',
  uses.map((use) => `${use * 100}%`),
);
for (const servers of [10, 50, 100, 200])
  row(
    String(servers),
    uses.map((use) => cheapest(servers, use)),
  );

const use = Math.ceil((100 * committed) / onDemand);
const saved = hours * committed - owned.perServer; // by owning one more
const size = Math.ceil(owned.fixed / saved);
console.log(`committed beats on-demand from ${use}% use`);
console.log(`owned beats committed from ${size} servers`);
