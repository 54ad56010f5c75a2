import { asUser, noUserNamespaces, userMade, withNode } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

/** In a user namespace of its own, so that a setting or a mount reaches nobody else. */
const inside = (line: string, argv: string[]) => asUser(['unshare', '-Urm', 'bash', '-c', line, 'bash', ...argv]);

export const caused: Caused[] = [
  {
    id: 'max-user-namespaces-0',
    made: `root of a user namespace of ${userMade}, in which user.max_user_namespaces is 0`,
    lab: 'shutdown',
    cause: 'pid-namespaces-used-up',
    unavailable: noUserNamespaces,
    wrap: (argv) => inside('echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"', argv),
  },
  {
    id: 'chroot',
    made: `root of a user namespace of ${userMade}, in a chroot, where the kernel answers what Docker's seccomp profile does`,
    lab: 'shutdown',
    cause: 'pid-namespace-refused',
    unavailable: noUserNamespaces,
    wrap: (argv) => inside('mount --rbind / /mnt && exec chroot /mnt "$@"', argv),
  },
  {
    id: 'no-unshare',
    made: `${userMade}, no unshare on the PATH`,
    lab: 'shutdown',
    cause: 'no-unshare-program',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('unshare')),
  },
  {
    id: 'started-by-a-script',
    made: `${userMade}, started with "&" by a shell script`,
    lab: 'shutdown',
    cause: 'interrupt-ignored',
    wrap: (argv) => asUser(['bash', '-c', '"$@" & wait "$!"', 'bash', ...argv]),
  },
];

const refusal = ' # SKIP a PID namespace is not allowed here';

/** What unshare of util-linux prints on Ubuntu 24.04: github.com/kevin1024/vcrpy/pull/904, youki-dev/youki/issues/3298. */
export const derived: Derived[] = [
  {
    lab: 'shutdown',
    cause: 'pid-namespace-apparmor',
    changes: [
      ['in_container=yes', 'in_container=no'],
      [
        'pid_namespace=allowed',
        'pid_namespace=refused\n| unshare: write failed /proc/self/uid_map: Operation not permitted',
      ],
      ['process_1_after_term=running\n', ''],
      ['process_1_after_kill=gone\n', ''],
      ['behind_a_shell=running\nbehind_a_shell_farewell=no\n', ''],
      ['after_exec_exit=0\nafter_exec_farewell=yes\n', ''],
      ['node_1_step=run\nnode_1_after_term=running\n', 'node_1_step=skip\n'],
      ['node_1_with_handler_exit=0\n', ''],
      ...[
        'ok 19 - process-1-goes-on',
        'ok 20 - process-1-can-be-killed',
        'ok 21 - shell-does-not-forward',
        'ok 22 - exec-makes-way',
        'ok 23 - node-without-handler-goes-on',
        'ok 24 - node-with-handler-ends',
      ].map((line): [string, string] => [line, `${line}${refusal}`]),
    ],
  },
];
