/** The system of the virtual machine: the image of its disk, its kernel and its initial file system, kept under .cache/environments. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap, cached, contained, digest, noDebianRoot } from './debian-root.ts';
import { hasProgram } from './sandbox.ts';

const guest = fileURLToPath(new URL('./guest', import.meta.url));
const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'libpam-systemd', 'dbus-user-session', 'udev', 'kmod', 'procps'],
  'linux-image-cloud-amd64',
  // Node 26 does not start without it.
  'libatomic1',
];

/** The account in it: a normal user, whose session of systemd is there without a login. */
export const learner = 'learner';

const settings = [
  ['chmod', '755', '/usr/local/sbin/lab-jobs'],
  ['systemctl', '--quiet', 'enable', 'lab-jobs.service'],
  ['systemctl', '--quiet', 'set-default', 'multi-user.target'],
  // Nobody logs in; a login prompt would take the line on which the jobs report.
  ['systemctl', '--quiet', 'mask', 'serial-getty@ttyS0.service', 'apt-daily.timer', 'apt-daily-upgrade.timer'],
  ['useradd', '--create-home', '--shell', '/bin/bash', '--uid', '1000', learner],
];

export interface SystemImage {
  disk: string;
  kernel: string;
  initialFiles: string;
}

/** Why no image can be made here; nothing where it can. */
export function noSystemImage(): string | undefined {
  if (process.arch !== 'x64') return `the virtual machine is made for x64, this is ${process.arch}`;
  if (!hasProgram('mkfs.ext4')) return 'mkfs.ext4 is not installed (Debian: apt-get install e2fsprogs)';
  return noDebianRoot();
}

/** Makes the image of a disk that holds a folder and has as many MiB as said, of which it takes no more than are used. */
export function diskOf(folder: string, file: string, mebibytes: number): void {
  writeFileSync(file, '');
  truncateSync(file, mebibytes * 2 ** 20);
  contained('mkfs.ext4', '-q', '-F', '-d', folder, file);
}

/** The image; made the first time. */
export function systemImage(): SystemImage {
  const recipe = readdirSync(guest).map((name) => readFileSync(join(guest, name), 'utf8'));
  const folder = cached('debian-12-systemd', digest(...packages, ...settings.flat(), ...recipe), (target) => {
    const root = join(target, 'root');
    mkdirSync(root, { recursive: true });
    bootstrap(root, 'bookworm', packages);
    install(root);
    for (const name of readdirSync(join(root, 'boot'))) {
      const kind = /^(vmlinuz|initrd\.img)-/.exec(name)?.[1];
      if (kind) copyFileSync(join(root, 'boot', name), join(target, kind));
    }
    diskOf(root, join(target, 'disk'), 2048);
    rmSync(root, { recursive: true });
  });
  return { disk: join(folder, 'disk'), kernel: join(folder, 'vmlinuz'), initialFiles: join(folder, 'initrd.img') };
}

/** What makes it run jobs when it has started. */
function install(root: string): void {
  const inside = (...path: string[]) => join(root, ...path);
  copyFileSync(join(guest, 'lab-jobs'), inside('usr/local/sbin/lab-jobs'));
  copyFileSync(join(guest, 'lab-jobs.service'), inside('etc/systemd/system/lab-jobs.service'));
  for (const command of settings) contained('chroot', root, ...command);
  // Lingering: systemd starts the account's session at boot.
  mkdirSync(inside('var/lib/systemd/linger'), { recursive: true });
  writeFileSync(inside('var/lib/systemd/linger', learner), '');
  writeFileSync(inside('etc/hostname'), 'lab\n');
  writeFileSync(inside('etc/fstab'), '/dev/vda / ext4 rw 0 1\n');
}
