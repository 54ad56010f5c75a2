const kmPerMs = 200; // light in fibre: 5 microseconds per kilometre
const seoul = [37.57, 126.98];
const cities = {
  Busan: [35.18, 129.08],
  Tokyo: [35.68, 139.69],
  Singapore: [1.35, 103.82],
  Frankfurt: [50.11, 8.68],
  Virginia: [39.04, -77.49],
};
const server = 20; // ms of work for one call
const calls = 30; // TRY: 1, then 100. Each waits for the one before

function distance(from, to) {
  const [a, b, c, d] = [...from, ...to].map((it) => (it * Math.PI) / 180);
  const cos = Math.cos(a) * Math.cos(c) * Math.cos(b - d);
  return 6371 * Math.acos(Math.sin(a) * Math.sin(c) + cos); // great circle
}
const trip = (km) => (2 * km) / kmPerMs; // there and back, at best

function row(name, values) {
  const cells = values.map((it) => String(Math.round(it)).padStart(9));
  console.log(name.padEnd(18) + cells.join(''));
}

console.log('from Seoul               km     trip    first    calls');
for (const [name, place] of Object.entries(cities)) {
  const km = distance(seoul, place);
  const first = 3 * trip(km) + server; // TCP, TLS 1.3, request
  row(name, [km, trip(km), first, calls * (trip(km) + server)]);
}

const far = distance(seoul, cities.Virginia);
console.log(`\n${calls} calls to Virginia, in ms`);
row('as it is', [calls * (trip(far) + server)]);
row('server 4x faster', [calls * (trip(far) + server / 4)]);
row('half the distance', [calls * (trip(far / 2) + server)]);
row('all in one call', [trip(far) + calls * server]);
