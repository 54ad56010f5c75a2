/** What a lab may do to the machine, and what may happen to the image: the page must come through all of it. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { imageFolder, readManifest } from '../../linux-vm/image-folder.ts';
import { restore } from '../../linux-vm/restore.ts';
import { DamagedFile, type ImageFile, unpack } from '../../src/runtime/linux-vm/image.ts';
import type { Machine, RestoreOptions } from '../../src/runtime/linux-vm/machine.ts';
import { image, notHere } from './image.ts';

const open: Machine[] = [];
afterEach(async () => {
  for (const machine of open.splice(0)) await machine.dispose();
});

type Given = Partial<Pick<RestoreOptions, 'user' | 'onTerminal' | 'terminalBytes' | 'onFlood'>>;
async function fresh(given: Given = {}): Promise<Machine> {
  const machine = await restore(await image(), { timeoutMs: 60_000, ...given });
  open.push(machine);
  return machine;
}

const lab = (script: string, more: object = {}) => ({
  file: 'lab.sh',
  script,
  timeoutMs: 120_000,
  maxOutputBytes: 10_000,
  ...more,
});

/** Waits until the lab has printed this. */
async function printed(machine: Machine, script: string, text: string, more: object = {}) {
  let seen = '';
  const run = machine.run(lab(script, { ...more, onOutput: (piece: string) => (seen += piece) }));
  while (!seen.includes(text)) {
    if (!run.running) throw new Error(`the lab ended after: ${seen}`);
    await pause(10);
  }
  return run;
}

it('runs a script as a normal user, with the right clock, and gives its exit code and its lines', async ({ skip }) => {
  if (notHere) skip(notHere);
  const machine = await fresh();
  const before = Date.now();
  const { result, output, lost } = await machine.run(lab('id -un; date +%s; echo to >&2 stderr; printf end; exit 7'))
    .done;
  const [user, clock, error, last] = output.split('\n');
  expect({ user, error, last, lost }).toEqual({ user: 'student', error: 'to stderr', last: 'end', lost: false });
  expect(result).toMatchObject({ outcome: 'exited', code: 7, truncated: false });
  expect(Math.abs(Number(clock) * 1000 - before)).toBeLessThan(60_000);
  // The next one in the same machine, as a reader may who goes on typing.
  const again = await machine.run(lab('ls lab.sh; echo $?')).done;
  expect(again.output).toBe('lab.sh\n0\n');
});

it('gives root where a lab asks for it, and nothing of one machine to the next', async ({ skip }) => {
  if (notHere) skip(notHere);
  const first = await fresh({ user: 'root' });
  const { output } = await first.run(lab('id -un; pwd; touch /left-behind; ls -d /left-behind', { user: 'root' })).done;
  expect(output).toBe('root\n/root\n/left-behind\n');
  const second = await fresh();
  expect((await second.run(lab('ls /left-behind')).done).output).toContain('No such file');
});

it('shows a terminal in which the reader can go on typing', async ({ skip }) => {
  if (notHere) skip(notHere);
  let shown = '';
  const decoder = new TextDecoder();
  const machine = await fresh({ onTerminal: (bytes) => (shown += decoder.decode(bytes, { stream: true })) });
  // It begins with a prompt on a clear screen, and carries no marks.
  expect(shown).toMatch(/student@lab:~\$ $/);
  await machine.run(lab('echo from the lab')).done;
  machine.type('echo $((40 + 2))\r');
  while (!/\r42\r\n.*\$ $/s.test(shown)) await pause(20);
  expect(shown).toContain('bash lab.sh');
  expect(shown).toContain('from the lab\r\n');
  expect(shown).not.toContain(']133;');
});

const endless = {
  'a loop': 'trap "" TERM; echo begun; while :; do :; done',
  'a loop that Ctrl-C does not stop': 'trap "" INT TERM HUP; echo begun; while :; do :; done',
  'a fork bomb': 'echo begun; bomb() { bomb | bomb & }; bomb; wait; sleep 1000',
  'a flood': 'echo begun; yes',
  'memory without end': 'echo begun; x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done; sleep 1000',
  'a disk that fills': 'echo begun; cat /dev/zero >/tmp/zero; sleep 1000',
};
it.for(Object.entries(endless))('stops %s within a second', async ([, script], { skip }) => {
  if (notHere) skip(notHere);
  const run = await printed(await fresh(), script, 'begun');
  await pause(1500);
  const asked = performance.now();
  run.stop();
  const { result } = await run.done;
  expect(performance.now() - asked).toBeLessThan(1000);
  expect(result).toMatchObject({ outcome: 'stopped', by: 'user' });
});

it('leaves the machine usable after a lab that tidies up at Ctrl-C', async ({ skip }) => {
  if (notHere) skip(notHere);
  const machine = await fresh();
  const run = await printed(
    machine,
    'trap "echo tidied; exit 130" INT; echo begun; while :; do sleep 0.1; done',
    'begun',
  );
  run.stop();
  const { output, lost } = await run.done;
  // Where this machine is too busy for that, it is given up: both are as promised.
  if (lost) return expect(() => machine.run(lab('echo'))).not.toThrow();
  expect(output).toContain('tidied\n');
  expect((await machine.run(lab('echo back')).done).output).toBe('back\n');
});

it('ends a lab whose time is over, and does not count a pause', async ({ skip }) => {
  if (notHere) skip(notHere);
  const machine = await fresh();
  const run = await printed(machine, 'echo begun; sleep 1000', 'begun', { timeoutMs: 6000 });
  await machine.pause();
  await pause(7000);
  expect(run.running).toBe(true);
  await machine.resume();
  expect((await run.done).result).toMatchObject({ outcome: 'stopped', by: 'timeout' });
});

it('keeps no more of a flood than was asked for, in the transcript and in the terminal', async ({ skip }) => {
  if (notHere) skip(notHere);
  let shown = 0;
  let floods = 0;
  const machine = await fresh({
    terminalBytes: 20_000,
    onTerminal: (bytes) => (shown += bytes.length),
    onFlood: () => floods++,
  });
  shown = 0;
  const { result, output } = await machine.run(lab('head -c 200000 /dev/zero | tr "\\0" x | fold -w 80')).done;
  expect(result).toMatchObject({ outcome: 'exited', code: 0, truncated: true });
  expect(output.length).toBe(10_000);
  expect(floods).toBe(1);
  // The flood up to its bound, and the prompt behind it.
  expect(shown).toBeLessThan(20_500);
  expect((await machine.run(lab('echo back')).done).output).toBe('back\n');
});

it('settles a run whose machine is taken away', async ({ skip }) => {
  if (notHere) skip(notHere);
  const machine = await fresh();
  const run = await printed(machine, 'echo begun; sleep 1000', 'begun');
  await machine.dispose();
  expect(await run.done).toMatchObject({ result: { outcome: 'failed', stage: 'lost' }, lost: true, output: 'begun\n' });
});

const streamOf = (bytes: Uint8Array) => new Blob([Uint8Array.from(bytes)]).stream();
const damages: [string, (bytes: Buffer) => Uint8Array][] = [
  ['cut off in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['changed in one bit', (bytes) => flipped(bytes, Math.floor(bytes.length / 2))],
  ['changed where the decoder does not look', (bytes) => flipped(bytes, bytes.length - 3)],
  ['another file', () => Buffer.from('<!doctype html><title>404</title>')],
  ['longer than it should be', (bytes) => Buffer.concat([bytes, Buffer.alloc(10)])],
];
function flipped(bytes: Buffer, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
it.for(damages)('refuses a snapshot that is %s', async ([, damage], { skip }) => {
  if (notHere) skip(notHere);
  const file = readManifest()?.state as ImageFile;
  const bytes = readFileSync(join(imageFolder, file.file));
  await expect(unpack(streamOf(damage(bytes)), file)).rejects.toThrow(DamagedFile);
});

it('hands on the error of a download that breaks', async ({ skip }) => {
  if (notHere) skip(notHere);
  const file = readManifest()?.state as ImageFile;
  const source = createReadStream(join(imageFolder, file.file), { end: 100_000 });
  source.on('end', () => source.destroy(new Error('the network is gone')));
  const broken = new ReadableStream<Uint8Array>({
    async start(controller) {
      for await (const chunk of Readable.toWeb(source)) controller.enqueue(chunk as Uint8Array);
      controller.error(new TypeError('network error'));
    },
  });
  await expect(unpack(broken, file)).rejects.toThrow('network error');
});
