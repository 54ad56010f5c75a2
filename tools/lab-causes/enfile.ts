import { after, asUser, userMade, withNode } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

export const caused: Caused[] = [
  {
    id: 'no-perl-no-python',
    made: `${userMade}, neither perl nor python3 on the PATH`,
    lab: 'enfile',
    cause: 'no-error-texts',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('perl', 'python3')),
  },
  {
    id: 'lowered-before',
    made: `${userMade} after "ulimit -n 128"`,
    lab: 'enfile',
    cause: 'low-hard-limit',
    wrap: (argv) => asUser(after('ulimit -n 128', argv)),
  },
];

/** No Alpine at hand, and `fs.file-max` belongs to the whole machine: nobody lowers it for a test. */
export const derived: Derived[] = [
  {
    lab: 'enfile',
    cause: 'musl-words',
    changes: [
      ['errno_24=Too many open files\n', 'errno_24=No file descriptors available\n'],
      ['words=usual', 'words=other'],
      [
        'ok 8 - in-system-makes-the-difference',
        'ok 8 - in-system-makes-the-difference # SKIP this C library (musl) has other words for 24',
      ],
      ['\n| Too many open files\n', '\n| No file descriptors available\n'],
    ],
  },
  {
    lab: 'enfile',
    cause: 'one-process-can-fill',
    changes: [
      [' 0 2466183\n', ' 0 98304\n'],
      ['file_max=2466183', 'file_max=98304'],
      ['nofile_soft=20000\nnofile_hard=20000', 'nofile_soft=1048576\nnofile_hard=1048576'],
      ['nofile_soft_after=20000\nnofile_hard_after=20000', 'nofile_soft_after=1048576\nnofile_hard_after=1048576'],
      ['one_process_can_fill=no\nlargest_share_percent=0.81\nprocesses_to_fill=123\n', 'one_process_can_fill=yes\n'],
      [
        'ok 4 - one-process-cannot-fill-the-table',
        'ok 4 - one-process-cannot-fill-the-table # SKIP the limit of one process is not below that of the machine',
      ],
    ],
  },
];
