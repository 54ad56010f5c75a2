/**
 * Records the messages of the page of errors: runs src/content/errors/commands.txt on this machine and writes what was printed, with the
 * exit code of each command, to src/content/errors/recorded/<distribution>.txt.
 *
 *   npm run record:errors
 *
 * Needs Linux, user namespaces, and the programs that the commands name. A command that did not fail as meant is seen by the test
 * tests/content/errors.test.ts, which looks for every text of the page in the recording.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatRecording, type RecordedRun } from '../src/runtime/transcript.ts';
import { distribution } from './environments/plans.ts';
import { systemFolders } from './environments/sandbox.ts';
import { asUser, userMade } from './lab-environments.ts';
import { Sandbox } from './labs.ts';
import { machineHeader } from './machine.ts';
import { nodeVersions } from './node-versions.ts';

const folder = fileURLToPath(new URL('../src/content/errors', import.meta.url));
const commands = readFileSync(join(folder, 'commands.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const versions = nodeVersions();
const node = versions.find(({ major }) => major === 24) ?? versions.at(-1);
if (!node) throw new Error('No Node to record with: npm ci in tools/node-versions installs some.');

const box = new Sandbox();
const here = box.temporaryFolder('errors');
cpSync(join(folder, 'programs'), here, { recursive: true });
const env = {
  PATH: [box.nodeFolder(node.path), ...systemFolders].join(':'),
  HOME: here,
  TMPDIR: here,
  LC_ALL: 'C.UTF-8',
  // Otherwise kubectl and docker look for the settings of somebody.
  KUBECONFIG: '/dev/null',
  DOCKER_CONFIG: here,
};

function run(command: string): RecordedRun {
  const file = join(box.folder, 'output');
  const output = openSync(file, 'w+');
  chmodSync(file, 0o666);
  const started = performance.now();
  const [program = '', ...argv] = asUser(['bash', '-c', command]);
  // One file for both streams, so that lines stand in the order in which they were written.
  const { status, signal } = spawnSync(program, argv, {
    cwd: here,
    env,
    stdio: ['ignore', output, output],
    timeout: 120_000,
  });
  closeSync(output);
  const text = readFileSync(file, 'utf8')
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .replaceAll(here, '/tmp')
    .replaceAll(box.folder, '/tmp');
  return {
    command,
    output: text,
    code: status ?? 128 + (signal ? system.signals[signal] : 0),
    durationMs: Math.round(performance.now() - started),
  };
}

const versionOf = (program: string, ...argv: string[]) =>
  /\d+(?:\.\d+)+/.exec(spawnSync(program, argv, { encoding: 'utf8', env }).stdout ?? '')?.[0] ?? 'none';

try {
  const runs = commands.map((command) => {
    const done = run(command);
    console.log(`[${done.code}] ${command}`);
    return done;
  });
  const header = {
    environment: distribution(),
    ...machineHeader(),
    bash: versionOf('bash', '--version'),
    node: versionOf('node', '--version'),
    python: versionOf('python3', '--version'),
    java: versionOf('java', '--version'),
    curl: versionOf('curl', '--version'),
    user: userMade,
  };
  mkdirSync(join(folder, 'recorded'), { recursive: true });
  writeFileSync(join(folder, 'recorded', `${distribution()}.txt`), formatRecording({ header, runs }));
} finally {
  box.dispose();
}
