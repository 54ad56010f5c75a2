// Installs what the lock file names when it is not there or not what the lock file says.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Whether npm on this Node would leave out the native parts of the build tools: their `engines` are "^20.19.0 || >=22.12.0".
 * @param {string} version such as "20.11.0"
 */
export function isTooOldForNativeParts(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return !((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22);
}

/** Whether a package of the lock file is made for this machine alone; false for one that names no system. */
function isForThisMachine({ os, cpu }) {
  return Boolean(os?.includes(process.platform) && cpu?.includes(process.arch));
}

/** Whether node_modules of a folder holds what its lock file names: npm keeps a copy of the lock file beside what it installed. */
export function isInstalled(folder) {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const versions = (file) =>
    Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages ?? {}).filter(
      ([path, one]) => path.startsWith('node_modules/') && !one.link,
    );
  const wanted = new Map(versions(join(folder, 'package-lock.json')).map(([path, { version }]) => [path, version]));
  // Optional packages of other platforms are absent on purpose, so only what is there can be compared; what is required must be there.
  const present = new Map(versions(installed).map(([path, { version }]) => [path, version]));
  const stale = [...present].some(([path, version]) => wanted.get(path) !== version);
  const lacking = versions(join(folder, 'package-lock.json')).some(
    ([path, one]) => !one.optional && !one.devOptional && !present.has(path),
  );
  // npm can leave out every native part of a package and still say that all went well (--omit=optional, an old Node or an old npm).
  const lock = new Map(versions(join(folder, 'package-lock.json')));
  const crippled = [...present.keys()].some((path) => {
    const parts = Object.keys(lock.get(path)?.optionalDependencies ?? {}).flatMap((name) =>
      [`${path}/node_modules/${name}`, `node_modules/${name}`].filter((place) => lock.has(place)).slice(0, 1),
    );
    const own = parts.filter((place) => isForThisMachine(lock.get(place)));
    // glibc and musl each have a part of their own: one is enough.
    return own.length > 0 && !own.some((place) => present.has(place));
  });
  return !stale && !lacking && !crippled;
}

/** Runs `npm ci` in a folder with the npm that runs us (npm sets npm_execpath for its scripts) and gives its exit code. */
export function npmCi(folder) {
  const words = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=optional'];
  const engine = fileURLToPath(new URL('npm-engine.cjs', import.meta.url));
  const old = isTooOldForNativeParts(process.versions.node);
  const cli = process.env.npm_execpath;
  const options = { cwd: folder, stdio: 'inherit' };
  const result = cli
    ? spawnSync(process.execPath, [...(old ? ['--require', engine] : []), cli, ...words], options)
    : spawnSync('npm', words, {
        ...options,
        shell: true,
        env: old ? { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(engine)}` } : process.env,
      });
  return result.status ?? 1;
}

/** The same; ends the process when it fails. */
export function install(folder) {
  const code = npmCi(folder);
  if (code === 0) return;
  console.error(`npm ci failed in ${folder}. Is the network there? Run it again; nothing was lost.`);
  process.exit(code);
}

export function installIfNeeded(folder) {
  if (isInstalled(folder)) return;
  console.log(`installing the packages of ${join(folder, 'package-lock.json')}`);
  install(folder);
}
