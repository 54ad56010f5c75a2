/** What one Node binary is and what it can do: its version, and the flags of its permission model. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import { promisify } from 'node:util';
import type { Permission } from '../src/runtime/contract.ts';

const versions = new Map<string, Promise<string>>();

/** Such as "v24.21.0". Asks the binary once. Rejects where it cannot be run. */
export function nodeVersion(node: string): Promise<string> {
  let version = versions.get(node);
  if (!version) {
    version =
      node === process.execPath
        ? Promise.resolve(process.version)
        : promisify(execFile)(node, ['--version'], { timeout: 10_000, env: {} }).then(({ stdout }) => stdout.trim());
    versions.set(node, version);
    // A binary that is only missing for now can be asked again.
    version.catch(() => versions.delete(node));
  }
  return version;
}

/** What the permission model of a version can keep from a program. */
export interface Confinement {
  files: boolean;
  network: boolean;
}

/**
 * By version: `--experimental-permission` came with 20.0, lost "experimental" in 22.13 and 23.5, and covers the network from 25.0 on
 * (https://nodejs.org/api/permissions.html). What each flag keeps out is proved on every version in tests/runnable/attack.
 */
export function confinementOf(version: string): Confinement {
  const [major] = parts(version);
  return { files: major >= 20, network: major >= 25 };
}

/** The flags that confine a program to its folder and to what it was granted. */
export function permissionFlags(version: string, folder: string, granted: readonly Permission[]): string[] {
  const [major, minor] = parts(version);
  if (major < 20) return [];
  const stable = major >= 24 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  // With a separator at the end it is the folder and all that is in it.
  const inside = `${folder}${sep}`;
  // What Node says about the permission model itself, in the output of the program, is not part of any lesson.
  const network = major >= 25 && granted.includes('network');
  const quiet = [
    ...(!stable || network ? ['--disable-warning=ExperimentalWarning'] : []),
    ...(granted.length > 0 ? ['--disable-warning=SecurityWarning'] : []),
  ];
  return [
    stable ? '--permission' : '--experimental-permission',
    ...quiet,
    `--allow-fs-read=${inside}`,
    `--allow-fs-write=${inside}`,
    ...(granted.includes('child-process') ? ['--allow-child-process'] : []),
    ...(granted.includes('worker') ? ['--allow-worker'] : []),
    ...(network ? ['--allow-net'] : []),
  ];
}

function parts(version: string): [number, number] {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return [major, minor];
}

/** util-linux sets limits and then becomes the program: no shell, and the program sees them from its first instruction. */
export function prlimitPath(): string | null {
  if (process.platform !== 'linux') return null;
  return ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path)) ?? null;
}

/**
 * Words to put before a command on Linux, where setpriv of util-linux can do it: the program is killed when this server dies, even by
 * SIGKILL, and can gain no rights through sudo or a set-user-ID program. Each word replaces the process before it: no shell, no parent.
 */
export function protectionWords(): string[] {
  if (process.platform !== 'linux') return [];
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  if (!setpriv) return [];
  protection ??= spawnSync(setpriv, ['--help'], { encoding: 'utf8', env: {} }).stdout?.includes('--pdeathsig')
    ? [setpriv, '--pdeathsig', 'KILL', '--no-new-privs']
    : [];
  return protection;
}

let protection: string[] | undefined;
