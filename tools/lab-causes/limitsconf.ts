import { after, asUser, noUserNamespaces, userMade } from '../lab-environments.ts';
import type { Caused } from './index.ts';

export const caused: Caused[] = ['no-limits-conf', 'no-pam-limits'].map((cause) => ({
  id: 'no-pam',
  made: `root of a user namespace of ${userMade}, with empty folders over /etc/security and /etc/pam.d`,
  lab: 'limitsconf',
  cause,
  unavailable: noUserNamespaces,
  wrap: (argv: string[]) =>
    asUser(['unshare', '-Urm', ...after('mount -t tmpfs none /etc/security && mount -t tmpfs none /etc/pam.d', argv)]),
}));
