import { systemdRoot } from '../environments/debian-12-systemd.ts';
import { after, asUser, userMade, withNode } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

/** `fs.file-max` belongs to the whole machine, so only one that is there for this run has it lowered. */
const littleFileMax = `was=$(cat /proc/sys/fs/file-max)
echo 98304 >/proc/sys/fs/file-max && ulimit -n 1048576 && "$@"
code=$?
echo "$was" >/proc/sys/fs/file-max
exit "$code"`;

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
  {
    ...systemdRoot,
    id: 'file-max-98304',
    made: 'root with a limit of 1048576 open files, on a machine whose fs.file-max is 98304',
    lab: 'enfile',
    cause: 'one-process-can-fill',
    wrap: (argv) => ['bash', '-c', littleFileMax, 'bash', ...argv],
  },
];

/** No Alpine at hand. */
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
];
