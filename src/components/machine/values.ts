/** How facts of a machine are written for a reader. The page's build and its elements write them alike. */
import type { ProbeFact } from '../../site/probe-schema.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** "8388608" to "8 MiB". Anything that is no number stays as it is. */
function size(side: string): string {
  if (!/^\d{1,20}$/.test(side)) return side;
  let value = Number(side);
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A value as it is shown: "1024:4096" as "1024 / 4096", a limit in bytes with units. */
export function shownValue(kind: ProbeFact['kind'], value: string): string {
  switch (kind) {
    case 'limit':
      return value.replace(':', ' / ');
    case 'bytes':
      return value.split(':').map(size).join(' / ');
    case 'mb':
      return /^\d+$/.test(value) ? `${value} MiB` : value;
    default:
      return value;
  }
}

const names: Record<string, string> = {
  almalinux: 'AlmaLinux',
  alpine: 'Alpine',
  amzn: 'Amazon Linux',
  arch: 'Arch',
  centos: 'CentOS',
  debian: 'Debian',
  fedora: 'Fedora',
  kali: 'Kali',
  linuxmint: 'Linux Mint',
  nixos: 'NixOS',
  opensuse: 'openSUSE',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  rhel: 'RHEL',
  rocky: 'Rocky Linux',
  ubuntu: 'Ubuntu',
};

/** Such as "Debian 12 · bash 5.2 · Node 24"; parts that are not known are left out. */
export function machineName(facts: Readonly<Record<string, string>>): string {
  const { distribution = '', shell = '', node = '' } = facts;
  const cut = /-(?=\d)/.exec(distribution)?.index ?? distribution.length;
  const id = distribution.slice(0, cut);
  const name = Object.hasOwn(names, id) ? names[id] : id;
  const bash = /^bash-(\d+\.\d+)/.exec(shell)?.[1];
  const major = /^v(\d+)\./.exec(node)?.[1];
  return [
    `${name ?? ''} ${distribution.slice(cut + 1)}`.trim(),
    ...(bash ? [`bash ${bash}`] : []),
    ...(major ? [`Node ${major}`] : []),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
