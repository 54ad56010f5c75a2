/** A Debian user land in a folder: made by debootstrap from this machine's own apt sources, kept under .cache/environments. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasProgram } from './sandbox.ts';

export const cacheFolder = fileURLToPath(new URL('../../.cache/environments', import.meta.url));

/** The address of Debian's main archive in the apt sources of this machine, from which other releases can be had as well. */
function debianArchive(): string | undefined {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(LABEL)|$(COMPONENT)|$(REPO_URI)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const found = (stdout ?? '').split('\n').map((line) => line.split('|'));
  return found.find(([label, component]) => label === 'Debian' && component === 'main')?.[2];
}

/** Why no user land can be made here; nothing where it can. */
export function noDebianRoot(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make a Debian user land';
  if (!hasProgram('debootstrap')) return 'debootstrap is not installed (Debian: apt-get install debootstrap)';
  if (!debianArchive()) return 'the apt sources of this machine have no Debian archive (or apt-get update never ran)';
  return undefined;
}

/** A recipe's own part of the file names in the cache: another recipe makes another file. */
export const digest = (...recipe: string[]) =>
  createHash('sha256').update(recipe.join('\0')).digest('hex').slice(0, 12);

/**
 * Gives what `make` put under a name in the cache; calls it when it is not there. Whatever is half-made, or of an older recipe, is
 * deleted.
 *
 * @param make fills the path that it is given; a failure leaves nothing in the cache
 */
export function cached(name: string, recipe: string, make: (path: string) => void): string {
  mkdirSync(cacheFolder, { recursive: true });
  const path = join(cacheFolder, `${name}-${recipe}`);
  if (existsSync(path)) return path;
  for (const old of readdirSync(cacheFolder))
    if (old.startsWith(`${name}-`)) rmSync(join(cacheFolder, old), { recursive: true, force: true });
  const partial = `${path}.partial`;
  try {
    make(partial);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return path;
}

/** Runs a program as root with mounts and processes of its own, so that none of them stays whatever happens. Throws with what it said. */
export function contained(command: string, ...args: string[]): void {
  const own = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', '--'];
  const { status, stdout, stderr } = spawnSync('unshare', [...own, command, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
}

/**
 * Puts a release's smallest user land with these packages into a folder; takes a minute.
 *
 * @param suite such as "trixie"
 * @throws where `noDebianRoot` has a reason
 */
export function bootstrap(folder: string, suite: string, packages: readonly string[]): void {
  const why = noDebianRoot();
  if (why) throw new Error(why);
  console.log(`making the user land of Debian ${suite}, once`);
  const include = `--include=${packages.join(',')}`;
  contained('debootstrap', '--variant=minbase', include, suite, folder, debianArchive() ?? '');
  // The packages themselves are of no use any more.
  contained('chroot', folder, 'apt-get', 'clean');
}
