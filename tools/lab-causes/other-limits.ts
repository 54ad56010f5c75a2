import { after, asUser, needs, noUserNamespaces, userMade } from '../lab-environments.ts';
import { hasProgram, type LabEnvironment } from '../labs.ts';
import type { Caused, Derived } from './index.ts';

/**
 * Refuses unshare(2) with EPERM through a seccomp filter, which is what Docker's default profile does without CAP_SYS_ADMIN
 * (https://docs.docker.com/engine/security/seccomp/). 272 is its number on x86-64; 157 is prctl(2), there with PR_SET_NO_NEW_PRIVS and
 * PR_SET_SECCOMP. The filter: load the number of the call; if it is 272, errno 1; otherwise allow.
 */
const refuseUnshare = `
my $filter = pack('SCCL' x 4, 0x20, 0, 0, 0, 0x15, 0, 1, 272, 0x06, 0, 0, 0x00050001, 0x06, 0, 0, 0x7fff0000);
my $program = pack('S x6 P', 4, $filter);
syscall(157, 38, 1, 0, 0, 0) == 0 && syscall(157, 22, 2, $program, 0, 0) == 0 or die "no seccomp: $!";
exec @ARGV`;

const withoutUnshare: Pick<LabEnvironment, 'unavailable' | 'wrap'> = {
  unavailable: () => (process.arch === 'x64' && hasProgram('perl') ? undefined : 'this needs perl on x86-64'),
  wrap: (argv) => asUser(['perl', '-e', refuseUnshare, ...argv]),
};

export const caused: Caused[] = [
  {
    ...withoutUnshare,
    id: 'seccomp',
    made: `${userMade}, unshare(2) refused by a seccomp filter as in Docker`,
    lab: 'other-limits',
    cause: 'namespaces-refused',
  },
  {
    id: 'max-user-namespaces-0',
    made: `root of a user namespace of ${userMade}, in which user.max_user_namespaces is 0`,
    lab: 'other-limits',
    cause: 'no-namespaces-left',
    unavailable: () => needs('unshare')() ?? noUserNamespaces(),
    wrap: (argv) => asUser(['unshare', '-Ur', ...after('echo 0 > /proc/sys/user/max_user_namespaces', argv)]),
  },
  {
    id: 'ignored-before',
    made: `${userMade}, started by a shell that ignores SIGXFSZ`,
    lab: 'other-limits',
    cause: 'signal-was-ignored',
    wrap: (argv) => asUser(after("trap '' XFSZ", argv)),
  },
];

const skipped = (check: string): [string, string] => [
  `${check}\n`,
  `${check} # SKIP a small disk of its own is refused here\n`,
];

/** No Ubuntu 24.04 at hand: the words are those of https://github.com/youki-dev/youki/issues/3298. */
export const derived: Derived[] = [
  {
    lab: 'other-limits',
    cause: 'namespaces-without-rights',
    changes: [
      ['small_disk=yes\n', '| unshare: write failed /proc/self/uid_map: Operation not permitted\nsmall_disk=no\n'],
      ['fill_exit=1\nfilled_bytes=1048576\n| No space left on device\n', ''],
      ['files_created=15\ninodes_free=0\nblocks_used=0\n', ''],
      ['|  1024-blocks   Used  Available  Capacity\n|         1024      0       1024        0%\n', ''],
      ['| No space left on device\nok 12', 'ok 12'],
      ['df_kb=492\ndf_kb_after_rm=492\ndu_kb_after_rm=0\ndf_kb_after_close=0\n', ''],
      ...['disk-takes-what-it-has', 'no-inode-no-file', 'not-a-byte-is-used', 'the-words-are-the-same'].map(skipped),
      ...['rm-frees-nothing', 'closing-frees-it'].map(skipped),
    ],
  },
];
