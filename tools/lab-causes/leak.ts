import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, asUser, controlGroup, noUserNamespaces, userMade } from '../lab-environments.ts';
import type { Sandbox } from '../labs.ts';
import type { Caused } from './index.ts';

const smallMemory = controlGroup('memory', '128M');
const filledMemory = controlGroup('memory', '320M');
const ballast = (box: Sandbox) => join('/dev/shm', `${box.folder.replaceAll('/', '-')}-ballast`);

export const caused: Caused[] = [
  {
    ...smallMemory,
    id: 'memory-128m',
    made: 'root in a control group with a memory limit of 128 MiB',
    lab: 'leak',
    cause: 'small-memory-limit',
    wrap: (argv) => after(smallMemory.enter, argv),
  },
  {
    ...filledMemory,
    id: 'memory-320m-filled',
    made: 'root in a control group with a memory limit of 320 MiB, of which 250 MiB are taken by a file in memory',
    lab: 'leak',
    cause: 'killed-before-the-snapshot',
    prepare: (box) => {
      const undo = filledMemory.prepare?.(box);
      return () => {
        rmSync(ballast(box), { force: true });
        undo?.();
      };
    },
    wrap: (argv, box) => after(`${filledMemory.enter} && head -c 262144000 /dev/zero > ${ballast(box)}`, argv),
  },
  {
    id: 'small-tmpfs',
    made: `root of a user namespace of ${userMade}, with a tmpfs of 8 MiB as its temporary folder`,
    lab: 'leak',
    cause: 'no-room-for-a-snapshot',
    unavailable: noUserNamespaces,
    wrap: (argv, box) => asUser(['unshare', '-Urm', ...after(`mount -t tmpfs -o size=8m none ${box.temporary}`, argv)]),
  },
];
