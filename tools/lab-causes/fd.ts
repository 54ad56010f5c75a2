import { after, asUser, noUserNamespaces, userMade } from '../lab-environments.ts';
import type { Caused, Derived } from './index.ts';

export const caused: Caused[] = [
  {
    id: 'stdin',
    made: `${userMade}, the script on the standard input of bash`,
    lab: 'fd',
    cause: 'script-from-stdin',
    wrap: asUser,
    shell: ['bash', '-c', 'bash <"$1"', 'bash'],
  },
  {
    id: 'no-network',
    made: `root of a user namespace of ${userMade}, in a network namespace where nothing is up (unshare -Urn)`,
    lab: 'fd',
    cause: 'no-socket-here',
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser(['unshare', '-Urn', ...argv]),
  },
  {
    id: 'small-tmpfs',
    made: `root of a user namespace of ${userMade}, with a tmpfs of 4 MiB as its temporary folder`,
    lab: 'fd',
    cause: 'no-room-for-a-log',
    unavailable: noUserNamespaces,
    wrap: (argv, box) => asUser(['unshare', '-Urm', ...after(`mount -t tmpfs -o size=4m none ${box.temporary}`, argv)]),
  },
];

/** No machine at hand has NFS, which renames an open file instead of deleting it ("silly rename", nfs(5)). */
export const derived: Derived[] = [
  {
    lab: 'fd',
    cause: 'temporary-folder-on-nfs',
    changes: [
      [
        'names_in_folder=0\nfolder_kb_after=4\ndescriptor_7=deleted file\nnames_left=0',
        'names_in_folder=1\nfolder_kb_after=8196\ndescriptor_7=file\nnames_left=1',
      ],
      ['ok 12 - name-is-gone\n', "not ok 12 - name-is-gone\n# saw '1', wanted: -eq '0'\n"],
      ['ok 13 - du-no-longer-counts-it\n', "not ok 13 - du-no-longer-counts-it\n# saw '8196', wanted: -lt '1024'\n"],
      ['ok 14 - link-says-deleted\n', "not ok 14 - link-says-deleted\n# saw 'file', wanted: = 'deleted file'\n"],
      ['== end fd fail=0', '== end fd fail=3'],
    ],
  },
];
