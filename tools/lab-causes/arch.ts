import { after, asUser, noUserNamespaces, userMade } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

/** On Debian: "apt-get download qemu-user-static", unpacked with "dpkg -x"; its usr/bin/qemu-aarch64-static. */
const qemu = process.env['LAB_QEMU'];

/** The first 20 bytes of an ELF file for aarch64, and which of their bits count (as Debian's qemu-user-static registers it). */
const magic = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const mask = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;
const binfmt = '/proc/sys/fs/binfmt_misc';

/** In a user namespace the mounts, and since Linux 6.7 the translators too, are its own: nobody else on this machine has them. */
const inUserNamespace = (line: string, argv: string[]): string[] => asUser(['unshare', '-Urm', ...after(line, argv)]);

export const caused: Caused[] = [
  {
    id: 'qemu',
    made: `root of a user namespace of ${userMade}, in which binfmt_misc gives programs for aarch64 to QEMU`,
    lab: 'arch',
    cause: 'translated',
    unavailable: () => {
      if (process.arch !== 'x64') return 'the foreign program of this lab is for aarch64 only on x86-64';
      return qemu ? noUserNamespaces() : 'LAB_QEMU does not name a qemu-aarch64-static';
    },
    wrap: (argv) =>
      inUserNamespace(
        `mount -t binfmt_misc none ${binfmt} && echo ':qemu-aarch64:M::${magic}:${mask}:${qemu}:F' >${binfmt}/register`,
        argv,
      ),
  },
  {
    id: 'noexec-tmp',
    made: `root of a user namespace of ${userMade}, with the temporary folder mounted noexec`,
    lab: 'arch',
    cause: 'noexec',
    unavailable: noUserNamespaces,
    wrap: (argv, box) => inUserNamespace(`mount -t tmpfs -o noexec none ${box.temporary}`, argv),
  },
];

/** musl and its execvp are not on a Debian. */
export const derived: Derived[] = [
  {
    lab: 'arch',
    cause: 'no-handing-to-sh',
    changes: [
      ['sh_takes_over=yes', 'sh_takes_over=no'],
      ['| aarch64: 1: ELFx@@@8@@: not found\nenv_exit=127', "| aarch64': Exec format error\nenv_exit=126"],
      ['ok 8 - sh-hides-the-reason', 'ok 8 - sh-hides-the-reason # SKIP execvp does not hand the file to sh'],
      ['| aarch64: 1: ELFx@@@8@@: not found\ntimeout_exit=127', "| aarch64': Exec format error\ntimeout_exit=126"],
      ['node_spawn_error=none\nnode_spawn_status=127\n', ''],
      ['ok 9 - spawn-gives-no-error-either', 'ok 9 - spawn-gives-no-error-either # SKIP execvp does not hand it to sh'],
    ],
  },
];
