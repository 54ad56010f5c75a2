import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Run, type RunResult, type RunSpec, RuntimeFailure } from '../../../src/runtime/contract.ts';
import { embedderPolicy } from '../../../src/runtime/webcontainer/api.ts';
import { type BrowserFacts, engineOf, unavailableReason } from '../../../src/runtime/webcontainer/availability.ts';
import { causeOf, diedOfBrowserMemory, messageOf } from '../../../src/runtime/webcontainer/diagnosis.ts';
import { framePath } from '../../../src/runtime/webcontainer/frame.ts';
import { WebContainerRuntime } from '../../../src/runtime/webcontainer/webcontainer-runtime.ts';
import { headersFor } from '../../../src/site/headers.ts';
import { goodBrowser, ScriptedApi, ScriptedContainer, ScriptedLock, scriptedLoader } from './scripted-container.ts';

const spec: RunSpec = {
  id: 'heap-limit',
  files: { 'main.mjs': 'console.log(1)\n' },
  argv: ['node', '--max-old-space-size=64', 'main.mjs'],
  env: { ASKED: '64' },
  timeoutMs: 15_000,
  maxOutputBytes: 10_000,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(onLoad: (api: ScriptedApi) => void = () => {}, facts: BrowserFacts = goodBrowser) {
  const { loadApi, apis } = scriptedLoader(onLoad);
  const locks: ScriptedLock[] = [];
  const runtime = new WebContainerRuntime({
    loadApi,
    facts,
    tabLock: (holder) => {
      const lock = new ScriptedLock(holder);
      locks.push(lock);
      return lock;
    },
  });
  const lock = locks[0];
  if (!lock) throw new Error('the runtime made no lock');
  return { runtime, apis, lock };
}

/** A runtime whose containers boot at once. */
function booted() {
  const containers: ScriptedContainer[] = [];
  const parts = setUp((api) => {
    const container = new ScriptedContainer();
    containers.push(container);
    api.booting.resolve(container);
  });
  return { ...parts, containers };
}

/** Lets everything that can happen without the clock happen. */
const settle = () => vi.advanceTimersByTimeAsync(0);

/** What a promise has come to, without waiting for it. */
function watch<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const seen: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (error) => {
      seen.error = error;
    },
  );
  return seen;
}

/** A run with what it has shown so far. */
function follow(run: Run) {
  const seen = { phases: [] as string[], output: '', result: watch(run.done) };
  void (async () => {
    for await (const event of run) {
      if (event.type === 'phase') seen.phases.push(event.phase);
      if (event.type === 'output') seen.output += event.text;
    }
  })();
  return seen;
}

const failure = (error: unknown): Partial<RunResult> => {
  expect(error).toBeInstanceOf(RuntimeFailure);
  return (error as RuntimeFailure).failure;
};

describe('whether a WebContainer can be tried here', () => {
  const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15';
  const ipad = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15';
  const device = (more: object): Partial<BrowserFacts> => ({ navigator: { ...goodBrowser.navigator, ...more } });
  it.each<[string, Partial<BrowserFacts>, string | null]>([
    ['a current desktop browser', {}, null],
    ['http', { isSecureContext: false }, 'insecure-context'],
    ['no isolation', { crossOriginIsolated: false, SharedArrayBuffer: undefined }, 'not-isolated'],
    ['no SharedArrayBuffer in spite of isolation', { SharedArrayBuffer: undefined }, 'unsupported-browser'],
    ['no WebAssembly', { WebAssembly: undefined }, 'unsupported-browser'],
    ['no Web Locks', device({ locks: undefined }), 'unsupported-browser'],
    ['an iPhone', device({ userAgent: iphone, maxTouchPoints: 5 }), 'ios'],
    ['an iPad that says it is a Mac', device({ userAgent: ipad, maxTouchPoints: 5 }), 'ios'],
    ['a Mac', device({ userAgent: ipad, maxTouchPoints: 0 }), null],
    ['2 GiB of memory', device({ deviceMemory: 2 }), 'low-memory-device'],
    ['4 GiB of memory', device({ deviceMemory: 4 }), null],
    ['no network', device({ onLine: false }), 'offline'],
  ])('%s', (_name, facts, reason) => {
    expect(unavailableReason({ ...goodBrowser, ...facts })).toBe(reason);
  });

  it('refuses a program that needs a limit of Linux before anything else', () => {
    expect(unavailableReason({ ...goodBrowser, isSecureContext: false }, { limits: { nofile: 64 } })).toBe(
      'needs-linux-limits',
    );
    expect(unavailableReason(goodBrowser, { limits: {} })).toBeNull();
  });

  it('asks the lock last, and loads nothing', async () => {
    const { runtime, apis, lock } = setUp();
    expect(await runtime.availability()).toEqual({ ok: true });
    lock.busyElsewhere = true;
    expect(await runtime.availability()).toEqual({ ok: false, reason: 'other-tab' });
    expect(apis).toHaveLength(0);
  });

  it('names the engine', () => {
    expect(engineOf(goodBrowser.navigator.userAgent)).toBe('v8');
    expect(engineOf('Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0')).toBe('spidermonkey');
    expect(engineOf(ipad)).toBe('javascriptcore');
  });
});

describe('what errors of the vendor mean', () => {
  it.each([
    [{ name: 'DataCloneError', message: 'could not be cloned' }, 'not-isolated'],
    [new Error('SharedArrayBuffer transfer requires self.crossOriginIsolated.'), 'not-isolated'],
    [new RangeError('WebAssembly.instantiate(): Out of memory'), 'out-of-memory'],
    [{ message: 'out-of-memory: RuntimeError: unreachable' }, 'out-of-memory'],
    ['Failed to register a ServiceWorker', 'third-party-storage'],
    [new Error('something else'), 'unknown'],
    [null, 'unknown'],
  ])('%s', (error, cause) => {
    expect(causeOf(error)).toBe(cause);
  });

  it('keeps name and message', () => {
    expect(messageOf(new RangeError('too much'))).toBe('RangeError: too much');
    expect(messageOf(new Error('plain'))).toBe('plain');
    expect(messageOf(42)).toBe('42');
  });

  it('does not take an honest heap exhaustion for a browser without memory', () => {
    const v8 = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
    expect(diedOfBrowserMemory(v8, 134)).toBe(false);
    expect(diedOfBrowserMemory('RangeError: WebAssembly.Memory(): could not allocate memory\n', 1)).toBe(true);
    expect(diedOfBrowserMemory('RangeError: WebAssembly.Memory(): could not allocate memory\n', 0)).toBe(false);
  });
});

describe('preparing', () => {
  it('tells the vendor the policy that the site sends', () => {
    expect(headersFor('/runtime/webcontainer/')['Cross-Origin-Embedder-Policy']).toBe(embedderPolicy);
  });

  it('finds the page of the frame under any base', () => {
    expect(framePath('/')).toBe('/runtime/webcontainer/');
    expect(framePath('/course')).toBe('/course/runtime/webcontainer/');
    expect(framePath('/course/')).toBe('/course/runtime/webcontainer/');
  });

  it('loads one frame and boots once for everybody who asks', async () => {
    const { runtime, apis, containers } = booted();
    expect(apis).toHaveLength(0);
    const [one, two] = await Promise.all([runtime.prepare(), runtime.prepare()]);
    expect(one).toEqual({ kind: 'webcontainer', real: true, engine: 'v8', nodeVersion: 'v22.22.3' });
    expect(two).toBe(one);
    expect(await runtime.prepare()).toBe(one);
    expect(apis.map(({ boots }) => boots)).toEqual([1]);
    expect(containers).toHaveLength(1);
  });

  it('goes on without a version when Node does not say it', async () => {
    const { runtime } = setUp((api) => {
      const container = new ScriptedContainer();
      container.version = null;
      api.booting.resolve(container);
    });
    const info = watch(runtime.prepare());
    await vi.advanceTimersByTimeAsync(5_000);
    expect(info.value?.nodeVersion).toBeNull();
  });

  it('says that it is slow after 8 s, and that it failed after 30 s', async () => {
    const { runtime, lock } = setUp();
    const phases: string[] = [];
    const seen = watch(runtime.prepare({ onPhase: (phase) => phases.push(phase) }));
    await vi.advanceTimersByTimeAsync(7_999);
    expect(phases).toEqual(['loading-runtime', 'booting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(phases).toEqual(['loading-runtime', 'booting', 'boot-slow']);
    await vi.advanceTimersByTimeAsync(21_999);
    expect(seen.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(failure(seen.error)).toMatchObject({ stage: 'boot', cause: 'offline-or-blocked', retry: 'same-page' });
    expect(lock.held).toBe(true);
  });

  it('tries again under the boot that is still pending', async () => {
    const { runtime, apis } = setUp();
    const first = watch(runtime.prepare());
    await vi.advanceTimersByTimeAsync(30_000);
    expect(failure(first.error)).toMatchObject({ cause: 'offline-or-blocked' });
    const second = watch(runtime.prepare());
    await settle();
    expect(apis.map(({ boots, reloads, disposed }) => ({ boots, reloads, disposed }))).toEqual([
      { boots: 1, reloads: 1, disposed: false },
    ]);
    apis[0]?.booting.resolve(new ScriptedContainer());
    await settle();
    expect(second.value?.kind).toBe('webcontainer');
  });

  it('starts clean after a boot that was refused', async () => {
    const { runtime, apis, lock } = setUp();
    const first = watch(runtime.prepare());
    await settle();
    apis[0]?.booting.reject(new Error('SharedArrayBuffer transfer requires self.crossOriginIsolated.'));
    await settle();
    expect(failure(first.error)).toMatchObject({ cause: 'not-isolated', retry: 'reload' });
    expect(apis[0]?.disposed).toBe(true);
    expect(lock.held).toBe(false);
    void runtime.prepare();
    await settle();
    expect(apis).toHaveLength(2);
  });

  it.each(['content-policy', 'site-not-enabled', 'offline-or-blocked', 'third-party-storage'] as const)(
    'fails at once when the frame reports %s',
    async (cause) => {
      const { runtime, apis } = setUp();
      const seen = watch(runtime.prepare());
      await settle();
      apis[0]?.tell({ cause, message: 'seen in the frame' });
      await settle();
      expect(failure(seen.error)).toMatchObject({ stage: 'boot', cause, message: 'seen in the frame' });
    },
  );

  it('throws away what is being loaded when the last one who waits goes', async () => {
    const { runtime, apis, lock } = setUp();
    const leaving = new AbortController();
    const one = watch(runtime.prepare({ signal: leaving.signal }));
    const staying = new AbortController();
    const other = watch(runtime.prepare({ signal: staying.signal }));
    await settle();
    leaving.abort(new Error('left'));
    await settle();
    expect(one.error).toMatchObject({ message: 'left' });
    expect(apis[0]?.disposed).toBe(false);
    staying.abort(new Error('left too'));
    await settle();
    expect(other.error).toMatchObject({ message: 'left too' });
    expect(apis[0]?.disposed).toBe(true);
    expect(lock.held).toBe(false);
  });

  it('disposes of a frame that arrives after it was given up', async () => {
    const arriving = Promise.withResolvers<ScriptedApi>();
    const runtime = new WebContainerRuntime({
      loadApi: () => arriving.promise,
      facts: goodBrowser,
      tabLock: (holder) => new ScriptedLock(holder),
    });
    const leaving = new AbortController();
    const seen = watch(runtime.prepare({ signal: leaving.signal }));
    await settle();
    leaving.abort(new Error('left'));
    await settle();
    expect(seen.error).toMatchObject({ message: 'left' });
    const frame = new ScriptedApi(() => {});
    arriving.resolve(frame);
    await settle();
    expect(frame.disposed).toBe(true);
  });

  it('says busy when another tab runs a program', async () => {
    const { runtime, apis, lock } = setUp();
    lock.busyElsewhere = true;
    const seen = watch(runtime.prepare());
    await settle();
    expect(failure(seen.error)).toMatchObject({ stage: 'boot', cause: 'busy', retry: 'same-page' });
    expect(apis).toHaveLength(0);
  });
});

describe('running', () => {
  async function running(more: Partial<RunSpec> = {}) {
    const parts = booted();
    await parts.runtime.prepare();
    const run = parts.runtime.run({ ...spec, ...more });
    const seen = follow(run);
    await settle();
    const [container] = parts.containers;
    const process = container?.processes[0];
    if (!container || !process) throw new Error('no process was started');
    // Before each run, the container was asked whether it still lives.
    container.pings = 0;
    return { ...parts, run, seen, container, process };
  }

  it('puts the files into a folder of the run and starts the command there', async () => {
    const { container, seen } = await running();
    expect(container.mounts).toEqual([
      { files: { 'main.mjs': { file: { contents: 'console.log(1)\n' } } }, mountPoint: 'runs/1' },
    ]);
    expect(container.spawns).toEqual([
      {
        command: 'node',
        args: ['--max-old-space-size=64', 'main.mjs'],
        cwd: 'runs/1',
        env: { NO_COLOR: '1', FORCE_COLOR: '0', ASKED: '64' },
      },
    ]);
    expect(seen.phases).toEqual(['mounting', 'spawning', 'running']);
  });

  it('normalises output, measures up to the exit, and cleans up', async () => {
    const { container, process, seen } = await running();
    process.print('\u001b[32mgreen\u001b[39m\r\nhal');
    await vi.advanceTimersByTimeAsync(400);
    process.print('f\r\n');
    process.end(0);
    await vi.advanceTimersByTimeAsync(79);
    expect(seen.result.value).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(seen.output).toBe('green\nhalf\n');
    expect(seen.result.value).toEqual({ outcome: 'exited', code: 0, durationMs: 400, truncated: false });
    expect(process.read).toBe(false);
    expect(container.removed).toEqual(['runs/1']);
  });

  it('waits for late output until it was quiet for 80 ms', async () => {
    const { process, seen } = await running();
    process.end(3);
    for (const word of ['one', 'two', 'three']) {
      await vi.advanceTimersByTimeAsync(60);
      process.print(`${word}\n`);
    }
    await vi.advanceTimersByTimeAsync(85);
    expect(seen.output).toBe('one\ntwo\nthree\n');
    expect(seen.result.value).toMatchObject({ outcome: 'exited', code: 3 });
  });

  it('waits no longer than 500 ms for output that goes on', async () => {
    const { process, seen } = await running();
    process.end(0);
    for (let i = 0; i < 12; i++) {
      process.print('more\n');
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(seen.result.value).toMatchObject({ outcome: 'exited' });
    expect(seen.output.split('\n').length).toBeLessThan(12);
  });

  it('kills at the timeout, and reports it as that', async () => {
    const { process, seen } = await running({ timeoutMs: 1_000 });
    await vi.advanceTimersByTimeAsync(999);
    expect(process.kills).toBe(0);
    await vi.advanceTimersByTimeAsync(101);
    expect(process.kills).toBe(1);
    expect(seen.result.value).toMatchObject({ outcome: 'stopped', by: 'timeout' });
  });

  it('throws the frame away when a program ignores the kill for 2 s', async () => {
    const { process, run, seen, apis } = await running();
    process.onKill = () => {};
    run.stop();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(apis[0]?.disposed).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(apis[0]?.disposed).toBe(true);
    expect(seen.result.value).toMatchObject({ outcome: 'stopped', by: 'user' });
  });

  it('reports a container that is dead at the timeout as lost, after 2 s and 3 s', async () => {
    const { container, process, seen, apis } = await running({ timeoutMs: 1_000 });
    process.onKill = () => {};
    container.alive = false;
    await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 2_999);
    expect(seen.result.value).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(seen.result.value).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'lost', retry: 'same-page' });
    expect(apis[0]?.disposed).toBe(true);
  });

  it('asks a silent container for a sign of life, and gives up after two that did not come', async () => {
    const { container, process, seen } = await running({ timeoutMs: 60_000 });
    process.print('working\n');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(container.pings).toBe(1);
    container.alive = false;
    await vi.advanceTimersByTimeAsync(5_000 + 3_000);
    expect(seen.result.value).toBeUndefined();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(seen.result.value).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'lost' });
  });

  it('forgives one sign of life that did not come', async () => {
    const { container, seen } = await running({ timeoutMs: 60_000 });
    container.alive = false;
    await vi.advanceTimersByTimeAsync(5_000 + 2_000);
    container.alive = true;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen.result.value).toBeUndefined();
  });

  it('does not ask while there is output', async () => {
    const { container, process } = await running({ timeoutMs: 60_000 });
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(1_000);
      process.print('.\n');
    }
    expect(container.pings).toBe(0);
  });

  it('takes an error event about memory as the end of the container, and another one as nothing', async () => {
    const { container, seen, apis } = await running();
    container.fail('something internal');
    await settle();
    expect(seen.result.value).toBeUndefined();
    container.fail('Memory limit reached');
    await settle();
    expect(seen.result.value).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'out-of-memory' });
    expect(apis[0]?.disposed).toBe(true);
  });

  it('says out-of-memory when the WebAssembly of Node got no memory', async () => {
    const { process, seen } = await running();
    process.print('RangeError: WebAssembly.instantiate(): Out of memory\n');
    process.end(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(seen.result.value).toMatchObject({ outcome: 'failed', stage: 'spawn', cause: 'out-of-memory' });
  });

  it('ends as lost when another tab takes the container', async () => {
    const { lock, seen } = await running();
    expect(lock.holder.isBusy()).toBe(true);
    lock.holder.onTaken();
    await settle();
    expect(seen.result.value).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'lost' });
    expect(lock.holder.isBusy()).toBe(false);
  });

  it('replaces a container that died since the last run', async () => {
    const { runtime, container, process, containers } = await running();
    process.end(0);
    await vi.advanceTimersByTimeAsync(100);
    container.alive = false;
    const seen = follow(runtime.run(spec));
    await vi.advanceTimersByTimeAsync(3_001);
    expect(containers).toHaveLength(2);
    containers[1]?.processes[0]?.end(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.result.value).toMatchObject({ outcome: 'exited', code: 0 });
    expect(containers[1]?.mounts[0]?.mountPoint).toBe('runs/2');
  });

  it('ends a start that does not come with the container, when the run is stopped', async () => {
    const { runtime, containers, apis } = booted();
    await runtime.prepare();
    const [container] = containers;
    if (!container) throw new Error('no container');
    container.spawn = () => new Promise(() => {});
    const run = runtime.run(spec);
    const seen = follow(run);
    await settle();
    run.stop();
    await vi.advanceTimersByTimeAsync(2_001);
    expect(seen.result.value).toMatchObject({ outcome: 'stopped', by: 'user' });
    expect(apis[0]?.disposed).toBe(true);
  });

  it('fails as lost when files cannot be put in place within 10 s', async () => {
    const { runtime, containers } = booted();
    await runtime.prepare();
    const [container] = containers;
    if (!container) throw new Error('no container');
    container.mount = () => new Promise(() => {});
    const seen = follow(runtime.run(spec));
    await vi.advanceTimersByTimeAsync(10_001);
    expect(seen.result.value).toMatchObject({ outcome: 'failed', cause: 'lost', retry: 'same-page' });
  });
});
