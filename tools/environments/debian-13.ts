/** The user land of Debian 13 in a chroot on this machine's kernel: newer bash and tools, and nothing that is not essential. */
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { asOtherUser } from '../lab-environments.ts';
import { type LabEnvironment, otherUser } from '../labs.ts';
import { bootstrap, cached, digest, noDebianRoot } from './debian-root.ts';
import type { Sandbox } from './sandbox.ts';

const suite = 'trixie';
const packages = ['procps'];

/** Its root folder; made the first time. */
export const debian13Root = (): string =>
  cached('debian-13', digest(suite, ...packages), (folder) => bootstrap(folder, suite, packages));

/** The header line of a recording that is not the host's. */
export function debian13Header(): Record<string, string> {
  const release = readFileSync(join(debian13Root(), 'etc', 'os-release'), 'utf8');
  return { os: `${/^PRETTY_NAME="(.+)"$/m.exec(release)?.[1]} in a chroot` };
}

/**
 * Goes into the root folder $1 with the sandbox $2 at the same place. The mounts are in a namespace of the run's own: they go with its
 * last process. The root folder itself cannot be written to.
 */
const enter = `
root=$1 box=$2
shift 2
mount --bind "$root" "$root" || exit 3
for shared in proc sys dev; do mount --rbind "/$shared" "$root/$shared" || exit 3; done
mount --bind "$box" "$root$box" || exit 3
mount -o remount,bind,ro "$root" || exit 3
exec chroot "$root" "$@"`;

const inside = (argv: string[], box: Sandbox): string[] => [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  ...['bash', '-c', enter, 'bash', debian13Root(), box.folder],
  ...argv,
];

/** The sandbox needs a folder to be mounted on. */
function prepare(box: Sandbox): () => void {
  const place = join(debian13Root(), box.folder);
  mkdirSync(place, { recursive: true });
  return () => rmdirSync(place);
}

const chroot = 'in a chroot';

export const debian13User: LabEnvironment = {
  id: 'debian-13-user',
  made: `a fresh user (uid ${otherUser} through setpriv) ${chroot}`,
  unavailable: noDebianRoot,
  prepare,
  wrap: (argv, box) => inside(asOtherUser(argv), box),
};

export const debian13AsRoot: LabEnvironment = {
  id: 'debian-13-root',
  made: `root ${chroot}`,
  unavailable: noDebianRoot,
  prepare,
  wrap: inside,
};
