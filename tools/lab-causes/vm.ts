import { after, asUser, userMade, withNode } from '../lab-environments.ts';
import type { Caused } from './index.ts';

/** What the dd of the coreutils in Rust does (uutils, src/uu/dd: its buffer is filled with 0xDD). */
const eagerDd = `#!/usr/bin/perl
my $size = 64 << 20;
my $buffer = "\\xdd" x $size;
1 while sysread STDIN, $buffer, $size;
`;

export const caused: Caused[] = [
  {
    id: 'stand-in-dd',
    made: `${userMade}, a stand-in for dd on the PATH that fills its buffer first (no coreutils in Rust at hand)`,
    lab: 'vm',
    cause: 'dd-fills-its-buffer',
    wrap: asUser,
    path: (box, nodeFolder) => [
      box.standIn('dd', eagerDd),
      ...withNode(nodeFolder, box.programsWithout('dd', 'gnudd')),
    ],
  },
  {
    id: 'address-space-limit',
    made: `${userMade} after "ulimit -v 4000000", under which Node does not start`,
    lab: 'vm',
    cause: 'promises-are-limited',
    wrap: (argv) => asUser(after('ulimit -v 4000000', argv)),
  },
  {
    id: 'no-python-no-perl',
    made: `${userMade}, neither python3 nor perl on the PATH`,
    lab: 'vm',
    cause: 'no-python-no-perl',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('perl', 'python3')),
  },
  {
    id: 'no-python',
    made: `${userMade}, no python3 on the PATH`,
    lab: 'vm',
    cause: 'perl-has-no-mmap',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('python3')),
  },
];
