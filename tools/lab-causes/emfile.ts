import { systemdRoot } from '../environments/debian-12-systemd.ts';
import { asUser, userMade, withNode } from '../lab-environments.ts';
import type { Caused } from './index.ts';

export const caused: Caused[] = [
  {
    id: 'no-prlimit',
    made: `${userMade}, no prlimit on the PATH`,
    lab: 'emfile',
    cause: 'no-prlimit',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('prlimit')),
  },
  { ...systemdRoot, lab: 'emfile', cause: 'privileged' },
];
