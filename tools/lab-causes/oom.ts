import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withoutSession } from '../environments/debian-12-systemd.ts';
import { after, controlGroup, user } from '../lab-environments.ts';
import type { Sandbox } from '../labs.ts';
import type { Caused, Derived } from './index.ts';

const smallMemory = controlGroup('memory', '512M');
const filledMemory = controlGroup('memory', '800M');
const ballast = (box: Sandbox) => join('/dev/shm', `${box.folder.replaceAll('/', '-')}-ballast`);

export const caused: Caused[] = [
  {
    ...smallMemory,
    id: 'memory-512m',
    made: 'root in a control group with a memory limit of 512 MiB',
    lab: 'oom',
    cause: 'not-enough-memory',
    wrap: (argv) => after(smallMemory.enter, argv),
  },
  {
    ...filledMemory,
    id: 'memory-800m-filled',
    made: 'root in a control group with a memory limit of 800 MiB, of which 650 MiB are taken by a file in memory',
    lab: 'oom',
    cause: 'kernel-was-first',
    prepare: (box) => {
      const undo = filledMemory.prepare?.(box);
      return () => {
        rmSync(ballast(box), { force: true });
        undo?.();
      };
    },
    wrap: (argv, box) => after(`${filledMemory.enter} && head -c 681574400 /dev/zero > ${ballast(box)}`, argv),
  },
  { ...user, lab: 'oom', cause: 'no-systemd-in-a-container' },
  { ...withoutSession, lab: 'oom', cause: 'no-user-session' },
];

export const derived: Derived[] = [
  {
    lab: 'oom',
    cause: 'wsl-without-systemd',
    changes: [
      ['wsl=no', 'wsl=yes'],
      ['in_container=yes', 'in_container=no'],
    ],
  },
  {
    lab: 'oom',
    cause: 'worker-not-stopped',
    changes: [
      ['worker_error=ERR_WORKER_OUT_OF_MEMORY\nworker_exit=1', 'worker_exit=0'],
      [
        'worker_stopped=yes\nok 12 - worker-is-stopped',
        'worker_stopped=no\nok 12 - worker-is-stopped # SKIP V8 did not stop this worker',
      ],
    ],
  },
];
