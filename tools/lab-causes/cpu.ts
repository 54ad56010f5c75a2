import { withoutSession } from '../environments/debian-12-systemd.ts';
import { after, asUser, onlyRoot, user, userMade, withNode } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

const readOnlyGroups = 'for at in /sys/fs/cgroup /sys/fs/cgroup/*/; do mount -o remount,bind,ro "$at" || true; done';

export const caused: Caused[] = [
  { ...user, lab: 'cpu', cause: 'no-quota-in-a-container' },
  { ...withoutSession, lab: 'cpu', cause: 'no-quota-without-a-session' },
  {
    id: 'read-only-cgroups',
    made: 'root with the control groups mounted read-only, as in a container',
    lab: 'cpu',
    cause: 'groups-are-read-only',
    unavailable: onlyRoot,
    wrap: (argv) => ['unshare', '-m', ...after(`{ ${readOnlyGroups}; } 2>/dev/null`, argv)],
  },
  {
    id: 'no-taskset',
    made: `${userMade}, no taskset on the PATH`,
    lab: 'cpu',
    cause: 'cannot-bind',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('taskset')),
  },
];

const skipped = ['was-throttled', 'got-its-share-only', 'cpuinfo-does-not-see-it', 'node-cpus-do-not-see-it'];

/** Neither WSL nor a systemd before 252, which delegates cpu too (https://github.com/systemd/systemd/pull/23887), is at hand. */
export const derived: Derived[] = [
  {
    lab: 'cpu',
    cause: 'no-quota-in-wsl',
    changes: [
      ['wsl=no', 'wsl=yes'],
      ['in_container=yes', 'in_container=no'],
    ],
  },
  {
    lab: 'cpu',
    cause: 'cpu-not-delegated',
    changes: [
      ['in_container=yes', 'in_container=no'],
      ['systemd=no', 'systemd=yes'],
      ...skipped.map((id): [string, string] => [
        ` - ${id} # SKIP no systemd user session`,
        ` - ${id} # SKIP systemd does not give the cpu controller to this user`,
      ]),
    ],
  },
];
