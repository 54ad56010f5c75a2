import { after, asUser, noUserNamespaces, onlyRoot, userMade } from '../lab-environments.ts';
import { otherUser } from '../labs.ts';
import type { Caused } from './index.ts';

const inUserns = ['unshare', '-Ur'];

export const caused: Caused[] = [
  { id: 'root', made: 'root', lab: 'users', cause: 'root-passes-over-bits', unavailable: onlyRoot },
  {
    id: 'userns',
    made: `root of a user namespace (unshare -Ur) of ${userMade}`,
    lab: 'users',
    cause: 'root-of-a-user-namespace',
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser([...inUserns, ...argv]),
  },
  {
    id: 'max-0',
    made: `root of a user namespace of ${userMade}, with user.max_user_namespaces set to 0 in it`,
    lab: 'users',
    cause: 'no-user-namespace',
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser([...inUserns, ...after('echo 0 >/proc/sys/user/max_user_namespaces', argv)]),
  },
  {
    id: 'ambient',
    made: `uid ${otherUser} with the ambient capability net_bind_service (setpriv)`,
    lab: 'users',
    cause: 'user-with-capabilities',
    unavailable: onlyRoot,
    wrap: (argv) => [
      'setpriv',
      `--reuid=${otherUser}`,
      `--regid=${otherUser}`,
      '--clear-groups',
      '--inh-caps=+net_bind_service',
      '--ambient-caps=+net_bind_service',
      ...argv,
    ],
  },
];
