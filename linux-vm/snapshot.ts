/** Boots the machine once, brings it to rest at its prompt, and takes the snapshot that readers restore. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { V86 } from 'v86';
import { Guest } from '../src/runtime/linux-vm/guest.ts';
import { BuildFailure } from './packages.ts';
import { commandLine, machineOptions } from './recipe.ts';
import type { Unpacked } from './unpack.ts';

export const v86Folder = dirname(createRequire(import.meta.url).resolve('v86'));

export interface Snapshot {
  state: Buffer;
  /** Such as "6.1.0-50-686". */
  release: string;
  /** What the machine said while it started, and about itself at the end. */
  log: string;
}

/** Longer than any machine needs: at least something is said where v86 hangs. */
const bootDeadlineMs = 300_000;

export async function takeSnapshot({ kernel, bios }: Unpacked, initramfs: Buffer): Promise<Snapshot> {
  const emulator = new V86({
    ...machineOptions,
    wasm_path: join(v86Folder, 'v86.wasm'),
    bios: { buffer: exactly(bios) },
    bzimage: { buffer: exactly(kernel) },
    initrd: { buffer: exactly(initramfs) },
    cmdline: commandLine,
    autostart: true,
  });
  const guest = new Guest(emulator);
  try {
    await guest.atPrompt(bootDeadlineMs);
    const boot = guest.seen;
    if (/insmod \S+ failed|panic|not found|No such/i.test(boot))
      throw new BuildFailure(`The machine did not start well:\n${boot}`);
    const facts = await guest.asRoot('uname -r; dmesg; cat /proc/modules /proc/meminfo /proc/mounts; ps; df', 60_000);
    const release = facts.output.split('\n')[0] ?? '';
    // Caches that nobody needs any more, and memory in one piece.
    await guest.asRoot('sync; echo 3 >/proc/sys/vm/drop_caches; echo 1 >/proc/sys/vm/compact_memory', 60_000);
    await after(1500);
    await emulator.stop();
    return { state: Buffer.from(await emulator.save_state()), release, log: `${boot}\n${facts.output}` };
  } finally {
    guest.dispose();
    await emulator.destroy();
  }
}

/** v86 takes a whole ArrayBuffer, and a Buffer may be a part of a larger one. */
function exactly(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

/** v86's own files, which a page needs beside the snapshot. */
export const readV86 = (name: 'libv86.mjs' | 'v86.wasm') => readFileSync(join(v86Folder, name));
