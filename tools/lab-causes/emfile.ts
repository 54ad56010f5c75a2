import { asUser, userMade, withNode } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

export const caused: Caused[] = [
  {
    id: 'no-prlimit',
    made: `${userMade}, no prlimit on the PATH`,
    lab: 'emfile',
    cause: 'no-prlimit',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('prlimit')),
  },
];

/** Root here lacks CAP_SYS_RESOURCE, as in most containers. */
export const derived: Derived[] = [
  {
    lab: 'emfile',
    cause: 'privileged',
    changes: [
      ['| open files: cannot modify limit: Operation not permitted\nhard_raise=refused\n', 'hard_raise=allowed\n'],
      ['ok 10 - raising-hard-is-refused', 'ok 10 - raising-hard-is-refused # SKIP this user may raise hard limits'],
    ],
  },
];
