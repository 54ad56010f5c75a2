// `npm start`: installs what is missing, builds the site where its sources are newer than the last build, and serves it.
//
//   npm start -- --port 8080     the first port to try
//   npm start -- --no-build      serve the last build as it is
//   npm start -- --no-linux      without making the Linux image for the labs in the background
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './start-sentences.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, 'dist-local');
// In the folder of the build, so that whoever empties or rebuilds that takes the stamp with it.
const stamp = join(built, '.built-from');

/** @param {string} sentence @returns {never} */
function fail(sentence, code = 1) {
  console.error(sentence);
  process.exit(code);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) fail(say('old-node', { version: process.versions.node }));

function options() {
  const values = { port: '4321', build: true, linux: true };
  const words = process.argv.slice(2);
  while (words.length > 0) {
    const word = String(words.shift());
    if (word === '--no-build') values.build = false;
    else if (word === '--no-linux') values.linux = false;
    else if (word.startsWith('--port=')) values.port = word.slice('--port='.length);
    else if (word === '--port') values.port = words.shift() ?? '';
    else fail(say('bad-option', { error: word }), 2);
  }
  return values;
}

/** Everything a build depends on, as one word: paths, sizes and times. */
function fingerprint() {
  const hash = createHash('sha256');
  /** @param {string} path */
  const add = (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return;
    if (stats.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${path.slice(root.length)}\0${stats.size}\0${stats.mtimeMs}\n`);
  };
  const sources = [
    'src',
    'public',
    'server',
    'tools',
    'linux-vm',
    'astro.config.mjs',
    'ec.config.mjs',
    'package-lock.json',
  ];
  for (const name of sources)
    if (name !== 'tools') add(join(root, name));
    // tools/node-versions holds whole Nodes, which no build reads.
    else
      for (const file of readdirSync(join(root, name)).sort())
        if (/\.(mjs|ts)$/.test(file)) add(join(root, name, file));
  return hash.digest('hex');
}

/** @type {import('node:child_process').ChildProcess | null} */
let child = null;
let stopping = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => {
    stopping = true;
    if (!child) process.exit(0);
    child.kill(signal);
  });

/**
 * Runs a program to its end; the process ends with it where somebody asked us to stop.
 * @param {string} node
 * @param {string[]} argv
 * @param {import('node:child_process').SpawnOptions} more
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(node, argv, more) {
  return new Promise((settle) => {
    const started = spawn(node, argv, { cwd: root, ...more });
    child = started;
    let output = '';
    started.stdout?.on('data', (piece) => {
      output += piece;
    });
    started.on('error', (error) => fail(error.message));
    started.on('close', (code) => {
      child = null;
      if (stopping) process.exit(0);
      settle({ code: code ?? 1, output });
    });
  });
}

/** The Node of the tools, or the sentence that says how to get one. */
function newEnoughNode() {
  try {
    return toolchainNode();
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const { port, build, linux } = options();

const { isInstalled, npmCi } = await import('./install.mjs');
if (!isInstalled(root)) {
  console.log(say('installing'));
  if (npmCi(root) !== 0) fail(say('install-failed'));
}

const { commandPath, toolchainEnvironment, toolchainNode } = await import('./with-node.mjs');
const node = newEnoughNode();
const environment = toolchainEnvironment(node);

if (build) {
  const wanted = fingerprint();
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    console.log(say('building'));
    // The local server is a site of its own at the root of its address, whatever the deployed one is.
    const { SITE_URL: _site, BASE_PATH: _base, ...rest } = environment;
    const { code, output } = await run(node, [commandPath('astro'), 'build', '--outDir', 'dist-local'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...rest, LOCAL_RUNNER: '1' },
    });
    if (code !== 0) {
      console.error(output);
      fail(say('build-failed'), code);
    }
    writeFileSync(stamp, wanted);
  }
}

// The channel tells the server when this process has gone, however it went.
const { code } = await run(node, ['server/main.ts', `--port=${port}`, ...(linux ? ['--linux'] : [])], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: environment,
});
process.exit(code);
