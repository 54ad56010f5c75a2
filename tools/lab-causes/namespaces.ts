import { after, asUser, needs, noUserNamespaces, userMade, withNode } from '../lab-environments.ts';
import type { Sandbox } from '../labs.ts';
import type { Caused, Derived } from './index.ts';

/**
 * What Docker's default profile does to a container without CAP_SYS_ADMIN: unshare gives EPERM. As BPF: load the number of the system
 * call (a byte offset of 0 in struct seccomp_data), compare it with unshare's on x86-64 (272), then ERRNO|EPERM or ALLOW.
 */
const withoutUnshare = `
  my $bpf = pack("SCCL" x 4, 0x20,0,0,0, 0x15,0,1,272, 0x06,0,0,0x50001, 0x06,0,0,0x7fff0000);
  my $program = pack("S x6 P", 4, $bpf);
  syscall(157, 38, 1, 0, 0, 0) == 0 or die "PR_SET_NO_NEW_PRIVS: $!";
  syscall(157, 22, 2, unpack("L!", pack("P", $program)), 0, 0) == 0 or die "PR_SET_SECCOMP: $!";
  exec @ARGV or die $!;`;

/** A root of its own that is a plain folder: the system's folders are mounted into it, and it is no mount itself. */
function plainRoot(box: Sandbox): string {
  const root = '/mnt/root';
  const folders = `/usr /etc /proc /dev ${box.folder}`;
  return [
    'mount -t tmpfs none /mnt',
    `mkdir ${root}`,
    `for at in ${folders}; do mkdir -p ${root}$at && mount --rbind $at ${root}$at || exit; done`,
    `for at in /bin /sbin /lib*; do if [ -h $at ]; then cp -d $at ${root}/; else mkdir ${root}$at && mount --rbind $at ${root}$at; fi; done`,
  ].join(' && ');
}

/** As in https://github.com/youki-dev/youki/issues/3298 (Ubuntu 24.04.3). */
const refusalOfUbuntu = 'unshare: write failed /proc/self/uid_map: Operation not permitted';
const settingOfUbuntu = [
  'mount -t tmpfs none /proc/sys/kernel',
  'echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  'echo outside >/proc/sys/kernel/hostname',
].join(' && ');

export const caused: Caused[] = [
  {
    id: 'seccomp',
    made: `${userMade}, under a seccomp filter that refuses unshare, as Docker's default profile does`,
    lab: 'namespaces',
    cause: 'blocked-by-seccomp',
    unavailable: () =>
      process.arch === 'x64' ? needs('perl')() : 'the filter has the numbers of system calls of x86-64',
    wrap: (argv) => asUser(['perl', '-e', withoutUnshare, ...argv]),
  },
  {
    id: 'max-0',
    made: `root of a user namespace of ${userMade}, with user.max_user_namespaces set to 0 in it`,
    lab: 'namespaces',
    cause: 'switched-off',
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser(['unshare', '-Ur', ...after('echo 0 >/proc/sys/user/max_user_namespaces', argv)]),
  },
  {
    id: 'chroot',
    made: `root of a user namespace of ${userMade}, in a chroot`,
    lab: 'namespaces',
    cause: 'in-a-chroot',
    unavailable: noUserNamespaces,
    wrap: (argv, box) => asUser(['unshare', '-Urm', ...after(plainRoot(box), ['chroot', '/mnt/root', ...argv])]),
  },
  {
    id: 'stand-in-unshare',
    made: `root of a user namespace of ${userMade}, a stand-in for unshare on the PATH that says what Ubuntu 24.04's says, and a file in the place of the kernel's setting (no AppArmor at hand)`,
    lab: 'namespaces',
    cause: 'ubuntu-apparmor',
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser(['unshare', '-Urm', ...after(settingOfUbuntu, argv)]),
    path: (box, nodeFolder) => [
      box.standIn('unshare', `#!/bin/sh\necho '${refusalOfUbuntu}' >&2\nexit 1\n`),
      ...withNode(nodeFolder, box.programsWithout('unshare')),
    ],
  },
  {
    id: 'no-unshare',
    made: `${userMade}, no unshare on the PATH`,
    lab: 'namespaces',
    cause: 'no-unshare',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('unshare')),
  },
];

/** No kernel without overlays in user namespaces is at hand. */
const noOverlay = "mount: layers/merged: unknown filesystem type 'overlay'.";
const layers = ['merged-view', 'image-is-untouched', 'file-was-copied-up', 'whiteout-hides-the-file'];

export const derived: Derived[] = [
  {
    lab: 'namespaces',
    cause: 'no-overlay',
    changes: [
      ['new_namespaces=user mnt\nmerged=changed new\n', `| ${noOverlay}\n`],
      ['image=changed deleted\ncontainer=changed deleted new\n', ''],
      ['lines_in_image=1\nlines_in_container=2\nwhiteout=character special file\n', ''],
      ['layers_step=run', 'layers_step=skip'],
      ...layers.map((id): [string, string] => [` - ${id}\n`, ` - ${id} # SKIP ${noOverlay}\n`]),
    ],
  },
];
