import { asUser, userMade, withNode } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

export const caused: Caused[] = [
  { program: 'prlimit', cause: 'no-prlimit-table' },
  { program: 'flock', cause: 'locks-not-tried' },
].map(({ program, cause }) => ({
  id: `no-${program}`,
  made: `${userMade}, no ${program} on the PATH`,
  lab: 'limits',
  cause,
  wrap: asUser,
  path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout(program)),
}));

/** What bash 5.0 would print differently; Debian's packages have no bash that old. */
export const derived: Derived[] = [
  {
    lab: 'limits',
    cause: 'older-bash',
    changes: [
      ['shell=bash-5.2.15', 'shell=bash-5.0.17'],
      ['| real-time non-blocking time  (microseconds, -R) unlimited\n', ''],
      ['rows=17\nvalue_column=42', 'rows=16\nvalue_column=38'],
      ['only_here=R', 'only_here=none'],
      ['ok 3 - one-row-is-new', 'ok 3 - one-row-is-new # SKIP this bash is older than 5.1'],
      ['| Max realtime timeout   unlimited                  -R unlimited\n', ''],
    ],
  },
];
