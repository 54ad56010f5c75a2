/** Runs one program in a real Node, confined to a folder of its own, and leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { FailureCause, RunResult, RunSpec } from '../src/runtime/contract.ts';
import { OutputNormaliser } from '../src/runtime/output.ts';
import { nodeVersion, permissionFlags, prlimitPath, protectionWords } from './node-binary.ts';
import { outputPipe } from './output-pipe.ts';
import { ProcessTree, runMark, signalGroup } from './process-tree.ts';
import { makeRunFolder, removeRunFolder } from './run-folder.ts';
import { checkedSpec, RefusedSpec } from './run-spec.ts';

export interface ProgramOptions {
  /** Path of the Node that runs the program. */
  node: string;
  /** Called with whole lines as they arrive. */
  onText(text: string): void;
  /** Ends the program. A `reason` of "user", "timeout" or "superseded" is reported as such, any other as "user". */
  signal: AbortSignal;
  /** Called once Node has been started. */
  onRunning?(pid: number): void;
}

/** What a program may take before it is killed. Far above what any lesson needs; a lesson's own limits are flags and `limits`. */
const guard = { residentBytes: 1024 ** 3, processes: 64, pollMs: 100 };
/** From the request to end (SIGTERM) to the end (SIGKILL). */
const graceMs = 500;
/** How long output may still arrive after the program's end. */
const drainMs = 500;
const fileBytes = 256 * 1024 ** 2;

type Stop = Extract<RunResult, { outcome: 'stopped' }>['by'] | 'resource-bound';

/** Never rejects. A spec that asks for what is not allowed fails with the cause `refused`, and nothing is started. */
export async function startProgram(spec: RunSpec, options: ProgramOptions): Promise<RunResult> {
  let home: string | undefined;
  try {
    const checked = checkedSpec(spec);
    if (checked.limits && !prlimitPath())
      return failed('refused', 'limits of the operating system can only be set on Linux, with prlimit of util-linux');
    const version = await nodeVersion(options.node);
    home = await makeRunFolder();
    return await runIn(home, checked, version, options);
  } catch (error) {
    if (error instanceof RefusedSpec) return failed('refused', error.message);
    return failed('unknown', error instanceof Error ? error.message : String(error));
  } finally {
    if (home) await removeRunFolder(home);
  }
}

function failed(cause: FailureCause, message: string): RunResult {
  return { outcome: 'failed', stage: 'spawn', cause, message, retry: cause === 'refused' ? 'never' : 'same-page' };
}

async function runIn(home: string, spec: RunSpec, version: string, options: ProgramOptions): Promise<RunResult> {
  const folder = join(home, 'run');
  await mkdir(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(spec.files)) await writeFile(join(folder, name), text, { flag: 'wx' });

  if (options.signal.aborted)
    return { outcome: 'stopped', by: reasonOf(options.signal), durationMs: 0, truncated: false };
  const mark = prlimitPath() ? runMark() : null;
  const output = new OutputNormaliser(spec.maxOutputBytes);
  const hidePaths = pathHider(folder, options.node);
  const emit = (text: string) => {
    if (text) options.onText(hidePaths(text));
  };

  const started = performance.now();
  const { child, streams } = await spawnNode(home, folder, spec, version, options.node, mark);
  for (const stream of streams) {
    stream.on('data', (piece: Buffer) => emit(output.push(piece)));
    stream.on('error', () => {});
    stream.resume();
  }
  const drained = Promise.all(streams.map((stream) => (stream.closed ? null : once(stream, 'close').catch(() => {}))));
  const ended = new Promise<{ code: number } | Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => resolve({ code: code ?? 128 + signalNumber(signal) }));
  });

  const pid = child.pid;
  if (pid === undefined) {
    const error = await ended;
    for (const stream of streams) stream.destroy();
    return failed('unknown', error instanceof Error ? error.message : 'Node could not be started');
  }
  options.onRunning?.(pid);

  const mayFork = !permissionFlags(version, folder, []).length || spec.permissions?.includes('child-process') === true;
  const tree = new ProcessTree(pid, mark);
  const watch = watchProgram({ pid, tree, mayFork, timeoutMs: spec.timeoutMs, signal: options.signal });
  const end = await ended;
  const durationMs = performance.now() - started;
  watch.stop();
  // Whatever it started and left running ends with it.
  if (mayFork) await tree.killAll();
  else signalGroup(pid, 'SIGKILL');
  await Promise.race([drained, pause(drainMs)]);
  for (const stream of streams) stream.destroy();
  emit(output.flush());

  if (end instanceof Error) return failed('unknown', end.message);
  const by = watch.stoppedBy;
  if (by === 'resource-bound')
    return {
      outcome: 'failed',
      stage: 'lost',
      cause: 'resource-bound',
      message: `the program took more than ${guard.residentBytes / 1024 ** 2} MiB of memory or ${guard.processes} processes`,
      retry: 'same-page',
    };
  const measured = { durationMs, truncated: output.truncated };
  return by ? { outcome: 'stopped', by, ...measured } : { outcome: 'exited', code: end.code, ...measured };
}

/** Keeps the clock, the memory bound and the wish to stop; each ends the program, and the first is the reason. */
function watchProgram(watched: {
  pid: number;
  tree: ProcessTree;
  mayFork: boolean;
  timeoutMs: number;
  signal: AbortSignal;
}): { stop(): void; readonly stoppedBy: Stop | null } {
  const { pid, tree, mayFork, timeoutMs, signal } = watched;
  let stoppedBy: Stop | null = null;
  let over = false;
  let kill: NodeJS.Timeout | undefined;
  const end = (by: Stop) => {
    if (over || stoppedBy) return;
    stoppedBy = by;
    if (by === 'resource-bound') {
      signalGroup(pid, 'SIGKILL');
      return;
    }
    signalGroup(pid, 'SIGTERM');
    kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  };
  const onAbort = () => end(reasonOf(signal));
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const clock = setTimeout(() => end('timeout'), timeoutMs);
  const look = async () => {
    while (!over) {
      const { processes, residentBytes } = await (mayFork ? tree.measure() : tree.measureLeader());
      if (processes > guard.processes || residentBytes > guard.residentBytes) end('resource-bound');
      await pause(guard.pollMs);
    }
  };
  void look();
  return {
    stop() {
      over = true;
      clearTimeout(clock);
      clearTimeout(kill);
      signal.removeEventListener('abort', onAbort);
    },
    get stoppedBy() {
      return stoppedBy;
    },
  };
}

function reasonOf(signal: AbortSignal): 'user' | 'timeout' | 'superseded' {
  return signal.reason === 'timeout' || signal.reason === 'superseded' ? signal.reason : 'user';
}

async function spawnNode(
  home: string,
  folder: string,
  spec: RunSpec,
  version: string,
  node: string,
  mark: number | null,
): Promise<{ child: ChildProcess; streams: Readable[] }> {
  const windows = process.platform === 'win32';
  // A link named "node": stack traces and V8's last words then name no path, with prlimit in front too.
  const bin = windows ? dirname(node) : join(home, 'bin');
  if (!windows) {
    await mkdir(bin);
    await symlink(await realpath(node), join(bin, 'node'));
  }
  const [, ...words] = spec.argv;
  const argv = [...permissionFlags(version, folder, spec.permissions ?? []), ...words];
  const environment = {
    ...spec.env,
    // Node hands its permission flags on to the Nodes that a program starts, and each would warn of them.
    ...(spec.permissions?.includes('child-process') && {
      NODE_OPTIONS: ['--disable-warning=SecurityWarning', spec.env?.NODE_OPTIONS].filter(Boolean).join(' '),
    }),
    PATH: windows ? bin : [bin, '/usr/bin', '/bin'].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    ...(windows && { TEMP: folder, TMP: folder, USERPROFILE: folder, SYSTEMROOT: process.env.SYSTEMROOT ?? '' }),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    LC_ALL: 'C.UTF-8',
  };
  const common = { cwd: folder, env: environment, shell: false, windowsHide: true } as const;
  if (windows) {
    const child = spawn(node, argv, { ...common, argv0: 'node', stdio: ['ignore', 'pipe', 'pipe'] });
    return { child, streams: [child.stdout, child.stderr] };
  }

  const limiter = prlimitPath();
  const nofile = spec.limits?.nofile;
  const limits = [
    '--core=0:0',
    `--fsize=${fileBytes}:${fileBytes}`,
    `--rttime=${mark}:${mark}`,
    ...(nofile ? [`--nofile=${nofile}:${nofile}`] : []),
  ];
  const { writer, reader } = await outputPipe(join(home, 'out'));
  const stdio: ['ignore', typeof writer, typeof writer] = ['ignore', writer, writer];
  try {
    // Detached: it leads a session and a process group of its own, which ends with one signal.
    const command = limiter ? [...protectionWords(), limiter, ...limits, 'node', ...argv] : [node, ...argv];
    const [program = node, ...rest] = command;
    const child = spawn(program, rest, { ...common, stdio, detached: true, ...(!limiter && { argv0: 'node' }) });
    return { child, streams: [reader] };
  } finally {
    writer.destroy();
  }
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal ? (constants.signals[signal] ?? 0) : 0;
}

/** Names of this machine are no part of a recording: the run folder becomes /snippet, and the path of Node becomes node. */
function pathHider(folder: string, node: string): (text: string) => string {
  const names: [string, string][] = [
    [pathToFileURL(folder).href, 'file:///snippet'],
    [folder, '/snippet'],
    [node, 'node'],
  ];
  return (text) => names.reduce((shown, [path, name]) => shown.replaceAll(path, name), text);
}
