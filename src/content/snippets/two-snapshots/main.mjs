// Two heap snapshots of one program: what grew, and who holds on to it?
import { readFileSync, rmSync } from 'node:fs';
import { writeHeapSnapshot } from 'node:v8';

class Order {}
class Checkout {
  waiting = new Map();
  handle(number) {
    this.waiting.set(number, new Order());
    if (number % 4 > 0) this.waiting.delete(number); // TRY: >= 0
  }
}
const checkout = new Checkout();
const files = [writeHeapSnapshot()];
for (let number = 1; number <= 4000; number++) checkout.handle(number);
files.push(writeHeapSnapshot());

function read(file) {
  const { snapshot, nodes, edges, strings } = JSON.parse(readFileSync(file));
  const { node_fields, node_types } = snapshot.meta;
  const things = nodes.map(() => ({})); // each is where its row begins
  for (let at = 0, edge = 0; at < nodes.length; at += node_fields.length) {
    const [type, name, , , edgeCount] = nodes.slice(at, at + 5);
    const thing = things[at];
    thing.name = node_types[0][type] === 'object' ? strings[name] : '';
    for (const end = edge + 3 * edgeCount; edge < end; edge += 3)
      things[edges[edge + 2]].by ??= { thing, as: strings[edges[edge + 1]] };
  }
  return things.filter(({ name }) => name);
}
const [before, after] = files.map(read);
const count = (all, wanted) => all.filter(({ name }) => name === wanted).length;
for (const name of new Set(after.map((thing) => thing.name))) {
  const grown = count(after, name) - count(before, name);
  if (grown > 50) console.log(`grown=${name} by=${grown}`);
}
const order = after.findLast(({ name }) => name === 'Order');
for (let by = order?.by; by; by = by.thing.by)
  if (by.thing.name) console.log(`held_by=${by.thing.name}.${by.as}`);
for (const file of files) rmSync(file);
