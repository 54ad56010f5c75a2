/** The probe, really run: whole and quick wherever a lab may run, polite where it cannot, and without a trace. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProbe } from '../../src/checker/probe.ts';
import { copyBlock } from '../../src/components/lab/script.ts';
import { after, asUser, ordinary, refusing } from '../../tools/lab-environments.ts';
import { hasProgram, isRoot, Sandbox, startLab } from '../../tools/labs.ts';
import { nodeVersions } from '../../tools/node-versions.ts';
import { probeRecording, probeScript, runProbe } from '../../tools/record-probe.ts';

const script = readFileSync(probeScript, 'utf8');
const node = nodeVersions().find(({ major }) => major === 24) ?? nodeVersions()[0];
let box: Sandbox;

beforeAll(() => {
  box = new Sandbox();
  copyFileSync(probeScript, join(box.folder, 'probe.sh'));
});
afterAll(() => box.dispose());

/** Names of what lies in the folders for temporary files. */
const temporary = () => [...readdirSync(box.temporary), ...readdirSync(box.folder)].sort();

describe.each(ordinary)('in $id', (environment) => {
  it('prints a whole output, says no name, and leaves nothing', async ({ skip }) => {
    const why = environment.unavailable?.();
    if (why) skip(why);
    const before = await runProbe(box, environment, node).then(temporary);
    const { output, code, durationMs } = await runProbe(box, environment, node);
    expect(readProbe(output).problem).toBeUndefined();
    expect(code).toBe(0);
    // Alone it takes a tenth of a second. Machines are busy.
    expect(durationMs).toBeLessThan(15_000);
    expect(temporary()).toEqual(before);
    // It throws where the name of the machine is in the output.
    expect(probeRecording('test', 'a test', { output, code, durationMs })).toContain('== end probe');
    expect(output).toMatch(/^[\x20-\x7e\n]*$/);
    for (const name of [os.userInfo().username, os.homedir(), box.folder].filter((one) => one !== 'root'))
      expect(output.split(/[\s=:]+/)).not.toContain(name);
  });
});

it('is quick', async () => {
  const times: number[] = [];
  for (const _ of [1, 2, 3]) times.push((await runProbe(box, ordinary[0] as (typeof ordinary)[0], node)).durationMs);
  expect(Math.min(...times)).toBeLessThan(3000);
});

describe.each(refusing)('under $made', (environment) => {
  it('does not begin and says what to do', async ({ skip }) => {
    const why = environment.unavailable?.();
    if (why) skip(why);
    const { output } = await runProbe(box, environment, node);
    expect(output.trim()).toBe('run me with: bash probe.sh');
    expect(readProbe(output).problem).toBe('refused');
  });
});

describe('where it cannot do its work', () => {
  it('says so: no Linux', async () => {
    const environment = {
      id: 'darwin',
      made: 'a stand-in for uname',
      path: () => [box.standIn('uname', '#!/bin/sh\necho Darwin\n'), ...(process.env['PATH'] ?? '').split(':')],
    };
    const { output, code } = await runProbe(box, environment, node);
    expect([readProbe(output).problem, code]).toEqual(['not-linux', 3]);
  });

  it('says none for what is missing: almost no programs, a low limit, nothing in the environment', async () => {
    const programs = box.busybox('bash');
    const environment = {
      id: 'little',
      made: 'little',
      wrap: (argv: string[]) => asUser(after('ulimit -n 64', ['env', '-i', ...argv])),
      path: () => [programs],
    };
    const { output } = await runProbe(box, environment);
    const { facts, problem } = readProbe(output);
    expect(problem).toBeUndefined();
    // Where the search path ends in the system's own folders, its Node is found.
    expect(facts).toMatchObject({ limit_nofile: '64:64', locale: 'none' });
    expect(output).not.toMatch(/not found|No such|error/i);
  });

  it('a Node that does not start is broken, and nothing hangs', async () => {
    const environment = {
      id: 'broken',
      made: 'a node that fails',
      path: () => [box.standIn('node', '#!/bin/sh\nexit 1\n'), ...(process.env['PATH'] ?? '').split(':')],
    };
    const { facts } = readProbe((await runProbe(box, environment)).output);
    expect(facts).toMatchObject({ node: 'broken', node_usable: 'no', node_heap_mb: 'none' });
  });

  it('a kernel or a locale with odd characters stays one line of ASCII', async () => {
    // Of its own, since it has its own stand-in under the same name.
    const other = new Sandbox();
    const environment = {
      id: 'odd',
      made: 'odd',
      wrap: (argv: string[]) => ['env', 'LANG=../../etc\n== end probe', ...argv],
      path: () => [
        other.standIn('uname', '#!/bin/sh\ncase "$1" in -s) echo Linux ;; *) printf "한\\033[31m" ;; esac\n'),
        ...(process.env['PATH'] ?? '').split(':'),
      ],
    };
    const { output } = await runProbe(other, environment).finally(() => other.dispose());
    expect(output).toMatch(/^[\x20-\x7e\n]*$/);
    expect(readProbe(output)).toMatchObject({
      facts: { locale: 'other', kernel: expect.stringMatching(/^\?+\[31m$/) },
    });
  });
});

describe('limits of a control group', () => {
  /** A folder in the place of /sys/fs/cgroup, in a namespace of the run's own. */
  const run = (files: Record<string, string>) => {
    const writes = Object.entries(files).map(
      ([file, text]) => `mkdir -p "$(dirname ${file})"; echo '${text}' > ${file}`,
    );
    const lines = ['mount -t tmpfs none /sys/fs/cgroup', 'cd /sys/fs/cgroup', ...writes, `exec bash ${probeScript}`];
    const { stdout } = spawnSync('unshare', ['--mount', 'bash', '-c', lines.join('\n')], { encoding: 'utf8' });
    return readProbe(stdout).facts;
  };
  const skipped = isRoot ? undefined : 'only root can put another folder in the place of /sys/fs/cgroup';
  const both = (file: string, text: string) =>
    Object.fromEntries(['', 'cpu/', 'memory/', 'pids/'].map((folder) => [`${folder}${file}`, text]));

  it('"max" is no limit', ({ skip }) => {
    if (skipped) skip(skipped);
    const facts = run({ ...both('cpu.max', 'max 100000'), ...both('memory.max', 'max'), ...both('pids.max', 'max') });
    expect(facts).toMatchObject({ cgroup_cpus: 'none', cgroup_memory_mb: 'none', cgroup_pids: 'none' });
  });

  it('a number is one', ({ skip }) => {
    if (skipped) skip(skipped);
    const facts = run({
      ...both('cpu.max', '150000 100000'),
      ...both('memory.max', '536870912'),
      ...both('pids.max', '24'),
    });
    expect(facts).toMatchObject({ cgroup_cpus: '1.50', cgroup_memory_mb: '512', cgroup_pids: '24' });
  });

  it('v1 has other files and writes no limit as a huge number', ({ skip }) => {
    if (skipped) skip(skipped);
    const quota = { ...both('cpu.cfs_quota_us', '-1'), ...both('cpu.cfs_period_us', '100000') };
    const none = run({ ...quota, ...both('memory.limit_in_bytes', '9223372036854771712') });
    expect(none).toMatchObject({ cgroup_cpus: 'none', cgroup_memory_mb: 'none' });
    const half = { ...both('cpu.cfs_quota_us', '50000'), ...both('cpu.cfs_period_us', '100000') };
    expect(run({ ...half, ...both('memory.limit_in_bytes', '1073741824') })).toMatchObject({
      cgroup_cpus: '0.50',
      cgroup_memory_mb: '1024',
    });
  });
});

it('changes no limit of the shell that starts it', () => {
  const limits = 'ulimit -aS; ulimit -aH';
  const { stdout } = spawnSync('bash', ['-c', `${limits}; bash ${probeScript} >/dev/null; echo ---; ${limits}`], {
    encoding: 'utf8',
  });
  const [before, later] = stdout.split('---\n');
  expect(before).toContain('open files');
  expect(later).toBe(before);
});

it('can be interrupted, and nothing stays', async () => {
  const running = startLab(box, 'probe', { id: 'here', made: 'here' }, node ? { node: node.path } : {});
  process.kill(-(running.process.pid ?? 0), 'SIGINT');
  const { durationMs } = await running.done;
  expect(durationMs).toBeLessThan(10_000);
  expect(() => process.kill(-(running.process.pid ?? 0), 0)).toThrow();
});

it('arrives as it is when its block is pasted into a shell on a terminal', async ({ skip }) => {
  if (!hasProgram('script')) skip('"script" (util-linux) is not installed');
  const home = mkdtempSync(join(tmpdir(), 'paste-'));
  chmodSync(home, 0o755);
  const terminal = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm' },
  });
  let screen = '';
  try {
    terminal.stdin.write(copyBlock('probe', script));
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(screen.slice(-1500))), 40_000);
      terminal.stdout.on('data', (data: Buffer) => {
        screen += data.toString('utf8');
        if (!/^== end probe\s/m.test(screen)) return;
        clearTimeout(late);
        resolve();
      });
    });
    expect(readFileSync(join(home, 'probe.sh'), 'utf8')).toBe(script);
    writeFileSync(join(box.folder, 'screen'), screen);
    // What a reader copies is the whole screen.
    expect(readProbe(screen).problem).toBeUndefined();
  } finally {
    terminal.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
    rmSync(join(box.folder, 'screen'), { force: true });
  }
});

it.for([
  { name: 'shellcheck', args: ['--shell=bash', '--severity=warning'] },
  { name: 'shfmt', args: ['-i', '2', '-ci', '-d'] },
])('$name finds nothing', ({ name, args }, { skip }) => {
  if (!hasProgram(name)) skip(`${name} is not installed (Debian: apt-get install ${name})`);
  const { stdout, stderr, status } = spawnSync(name, [...args, probeScript], { encoding: 'utf8' });
  expect({ found: stdout + stderr, status }).toEqual({ found: '', status: 0 });
});

it('has lines that fit and can be typed', () => {
  expect(script).toMatch(/^[\x20-\x7e\n]*$/);
  expect(script.split('\n').filter((line) => line.length > 100)).toEqual([]);
});
