import { after, asOtherUser, asUser, controlGroup, onlyRoot, userMade, withNode } from '../lab-environments.ts';
import { otherUser } from '../labs.ts';
import type { Caused } from './index.ts';

const tightPids = controlGroup('pids', '6');
const roomyPids = controlGroup('pids', '24');

export const caused: Caused[] = [
  { id: 'root', made: 'root', lab: 'nproc', cause: 'ran-as-root', unavailable: onlyRoot },
  {
    ...roomyPids,
    id: 'pids-max-24',
    made: 'root in a control group with pids.max 24',
    lab: 'nproc',
    cause: 'pids-limit-stops-root',
    wrap: (argv) => after(roomyPids.enter, argv),
  },
  {
    ...tightPids,
    id: 'pids-max-6',
    made: 'root in a control group with pids.max 6, no node on the PATH',
    lab: 'nproc',
    cause: 'pids-limit-nearly-used',
    wrap: (argv) => after(tightPids.enter, argv),
    path: (box) => [box.programsWithout('node', 'nodejs')],
  },
  {
    id: 'same-uid-elsewhere',
    made: `uid ${otherUser} in a PID namespace of its own, with ten more processes of that uid outside of it`,
    lab: 'nproc',
    cause: 'hidden-tasks',
    unavailable: onlyRoot,
    wrap: (argv) =>
      after(`for i in {1..10}; do setpriv --reuid=${otherUser} --clear-groups sleep 5 & done`, [
        'unshare',
        '-pf',
        '--mount-proc',
        ...asOtherUser(argv),
      ]),
  },
  {
    id: 'no-perl-no-python-no-busybox',
    made: `${userMade}, neither perl nor python3 nor busybox on the PATH`,
    lab: 'nproc',
    cause: 'no-fork-program',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('perl', 'python3', 'busybox')),
  },
];
