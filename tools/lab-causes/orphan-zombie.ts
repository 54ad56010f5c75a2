import { asUser, noUserNamespaces, userMade, withNode } from '../lab-environments.ts';
import type { Caused } from './index.ts';

const nodeAsInit = `
  const { spawn } = require('node:child_process');
  const [command, ...args] = process.argv.slice(1);
  spawn(command, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code));
`;

export const caused: Caused[] = [
  {
    id: 'node-as-pid-1',
    made: `root of a user namespace of ${userMade}, in a PID namespace whose PID 1 is Node`,
    lab: 'orphan-zombie',
    cause: 'adopter-does-not-collect',
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser(['unshare', '-Urpf', '--mount-proc', 'node', '-e', nodeAsInit, '--', ...argv]),
  },
  {
    id: 'nohup',
    made: `${userMade}, with nohup before the command`,
    lab: 'orphan-zombie',
    cause: 'started-under-nohup',
    wrap: (argv) => asUser(['nohup', ...argv]),
  },
  {
    id: 'no-script',
    made: `${userMade}, no script on the PATH`,
    lab: 'orphan-zombie',
    cause: 'no-terminal-tools',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('script')),
  },
  {
    id: 'no-pts',
    made: `root of a user namespace of ${userMade}, with an empty folder over /dev/pts`,
    lab: 'orphan-zombie',
    cause: 'no-terminal-device',
    unavailable: noUserNamespaces,
    wrap: (argv) =>
      asUser(['unshare', '-Urm', 'bash', '-c', 'mount -t tmpfs none /dev/pts && exec "$@"', 'bash', ...argv]),
  },
];
