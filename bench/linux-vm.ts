/**
 * `npm run bench:vm`: what the Linux machine in the browser costs, measured in Node with the image that is built.
 *
 *   npm run bench:vm -- emfile     the size and the restore, and of the labs only these
 */
import os from 'node:os';
import { imageFolder, readManifest } from '../linux-vm/image-folder.ts';
import { browserLabs, runInGuest } from '../linux-vm/labs.ts';
import { howToBuild, loadImage, restore } from '../linux-vm/restore.ts';
import { sizeTable } from '../linux-vm/write-image.ts';

const restores = 5;
const manifest = readManifest();
if (!manifest) throw new Error(howToBuild);

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
async function measured<T>(work: () => Promise<T>): Promise<{ result: T; wall: number; cpu: number }> {
  const [wall, before] = [performance.now(), cpu()];
  const result = await work();
  return { result, wall: (performance.now() - wall) / 1000, cpu: cpu() - before };
}
const line = (name: string, ...cells: (string | number)[]) =>
  console.log(`${name.padEnd(44)}${cells.map((cell) => String(cell).padStart(12)).join('')}`);
const seconds = (value: number) => value.toFixed(2);

console.log(`Linux ${manifest.kernel}, Debian ${manifest.debian}, v86 ${manifest.v86}, built ${manifest.built}`);
console.log(`Node ${process.version}, ${os.availableParallelism()} processors, load ${os.loadavg()[0]?.toFixed(1)}\n`);
console.log(sizeTable(manifest));
line(`unpacked snapshot`, manifest.state.unpackedBytes ?? 0);

console.log();
line('seconds', 'wall', 'processor');
const loaded = await measured(() => loadImage(imageFolder));
line('unpack and check the snapshot', seconds(loaded.wall), seconds(loaded.cpu));
const image = loaded.result;
const times: { wall: number; cpu: number }[] = [];
for (let round = 0; round < restores; round++) {
  const { result, ...time } = await measured(() => restore(image, { timeoutMs: 60_000 }));
  times.push(time);
  await result.dispose();
}
times.sort((a, b) => a.wall - b.wall);
const [best, median] = [times[0], times[Math.floor(restores / 2)]];
if (best) line('restore to prompt, best of 5', seconds(best.wall), seconds(best.cpu));
if (median) line('restore to prompt, median of 5', seconds(median.wall), seconds(median.cpu));

const asked = process.argv.slice(2);
let [wall, processor] = [0, 0];
for (const lab of browserLabs().filter(({ id }) => asked.length === 0 || asked.includes(id))) {
  const run = await measured(() => runInGuest(image, lab));
  wall += run.wall;
  processor += run.cpu;
  line(`lab ${lab.id}, with its restore`, seconds(run.wall), seconds(run.cpu));
}
line('labs together', seconds(wall), seconds(processor));
console.log(`\nload ${os.loadavg()[0]?.toFixed(1)}, ${Math.round(process.memoryUsage().rss / 1024 ** 2)} MiB resident`);
process.exit();
