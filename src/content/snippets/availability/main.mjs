const month = 30 * 24 * 60 * 60; // in seconds
function time(down) {
  const seconds = down * month;
  const [n, unit] = seconds < 60 ? [seconds, 's'] : [seconds / 60, 'min'];
  return `${n.toFixed(1)} ${unit}`;
}

for (const up of [0.99, 0.999, 0.9999])
  console.log(`${up * 100}% up`.padEnd(11), `down ${time(1 - up)} a month`);

const app = 0.001; // one copy is down for 0.1% of the time
const shared = 0.1; // TRY: 0, then 1. Part of it that hits all copies at once

function allDown(copies, together) {
  const common = app * together;
  const own = app * (1 - together);
  return common + (1 - common) * own ** copies;
}

console.log('\ncopies  independent  shared');
for (const copies of [1, 2, 3])
  console.log(
    String(copies).padEnd(8) +
      time(allDown(copies, 0)).padEnd(13) +
      time(allDown(copies, shared)),
  );

// A request needs all four: DNS, load balancer, app and database.
const chain = (appDown) => 1 - 0.9999 * 0.9999 * (1 - appDown) * 0.9995;
console.log(`\nchain, 1 copy of the app:   ${time(chain(app))}`);
console.log(`chain, 2 copies, shared:    ${time(chain(allDown(2, shared)))}`);
