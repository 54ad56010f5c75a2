/** Programs that will not go away, and programs that take all they can get. Afterwards nothing is left, and the server answers at once. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  eventsOf,
  goneAfter,
  newPage,
  openRun,
  processesWith,
  runFolders,
  runRequest,
  type ServerProcess,
  send,
  spec,
  startServerProcess,
} from './server-process.ts';

const onLinux = process.platform === 'linux';
let server: ServerProcess;
let foldersBefore: string[];

beforeAll(async () => {
  server = await startServerProcess(4525);
});
afterAll(() => server.stop());
beforeEach((context) => {
  if (!onLinux) context.skip('it looks for processes in /proc, which only Linux has');
  foldersBefore = runFolders();
});

/** A program of this test: its command line, and that of what it starts, holds the mark. */
let marks = 0;
function marked(main: string, more: Parameters<typeof spec>[1] = {}) {
  const mark = `mark-${process.pid}-${marks++}-`;
  return { mark, wanted: spec(main, { argv: ['node', 'main.mjs', mark], ...more }) };
}

async function nothingIsLeft(mark: string, limitMs = 2_000): Promise<void> {
  await goneAfter(mark, limitMs);
  for (const end = Date.now() + 2_000; runFolders().some((name) => !foldersBefore.includes(name)); await pause(20))
    expect(Date.now(), `left: ${runFolders()}`).toBeLessThan(end);
  await answersSoon();
}

async function answersSoon(): Promise<void> {
  const page = await send(server, { method: 'GET', path: '/' });
  expect(page.status).toBe(200);
  expect(page.ms).toBeLessThan(1_000);
  const run = await send(server, runRequest(server, spec("console.log('fine')")));
  expect(eventsOf(run)).toMatchObject({ output: 'fine\n', result: { outcome: 'exited', code: 0 } });
  expect(run.ms).toBeLessThan(1_000);
}

const ignoresTerm =
  "process.on('SIGTERM', () => console.log('no')); process.on('SIGHUP', () => {}); process.on('SIGINT', () => {});";

describe('a program that does not want to end', () => {
  it('is seen by the search in /proc while it runs', async () => {
    const { mark, wanted } = marked("console.log('up'); setInterval(() => {}, 1000);");
    const run = openRun(server, wanted);
    await run.printed('up');
    expect(processesWith(mark).length).toBe(1);
    run.leave();
    await nothingIsLeft(mark);
  });

  it('ends at its time although it ignores SIGTERM', async () => {
    const { mark, wanted } = marked(`${ignoresTerm} console.log('up'); setInterval(() => {}, 1000);`, {
      timeoutMs: 500,
    });
    const answer = await send(server, runRequest(server, wanted));
    const { output, result } = eventsOf(answer);
    expect(result).toMatchObject({ outcome: 'stopped', by: 'timeout' });
    expect(output).toBe('up\nno\n');
    expect(answer.ms).toBeLessThan(2_500);
    await nothingIsLeft(mark);
  });

  it('ends when the page leaves although it ignores SIGTERM', async () => {
    const { mark, wanted } = marked(`${ignoresTerm} console.log('up'); setInterval(() => {}, 1000);`);
    const run = openRun(server, wanted);
    await run.printed('up');
    run.leave();
    await nothingIsLeft(mark, 1_500);
  });

  it('ends although it never gives back the processor', async () => {
    const { mark, wanted } = marked(`${ignoresTerm} console.log('up'); for (;;);`);
    const run = openRun(server, wanted);
    await run.printed('up');
    run.leave();
    await nothingIsLeft(mark, 1_500);
  });

  it('ends when the page leaves before it has started', async () => {
    const { mark, wanted } = marked('setInterval(() => {}, 1000);');
    for (let i = 0; i < 20; i++) {
      const run = openRun(server, wanted);
      await pause(i * 3);
      run.leave();
    }
    await pause(300);
    await nothingIsLeft(mark);
  });

  it('ends when the same page runs another', async () => {
    const page = newPage();
    const { mark, wanted } = marked(`${ignoresTerm} console.log('up'); setInterval(() => {}, 1000);`);
    const first = openRun(server, wanted, page);
    await first.printed('up');
    const second = await send(server, runRequest(server, spec("console.log('second')"), page));
    expect(eventsOf(second)).toMatchObject({ output: 'second\n', result: { outcome: 'exited' } });
    expect(eventsOf(await first.done).result).toMatchObject({ outcome: 'stopped', by: 'superseded' });
    await nothingIsLeft(mark, 100);
  });

  it('ends when the server is killed with SIGKILL', async () => {
    const other = await startServerProcess(4531);
    const { mark, wanted } = marked(`${ignoresTerm} console.log('up'); setInterval(() => {}, 1000);`);
    const run = openRun(other, wanted);
    await run.printed('up');
    other.child.kill('SIGKILL');
    await goneAfter(mark, 1_000);
    await other.stop();
    // Nobody was left to remove the folder: the next server does it.
    const left = () => runFolders().filter((name) => name.startsWith(`snippet-${other.child.pid}-`));
    expect(left().length).toBe(1);
    const next = await startServerProcess(4531);
    await expect.poll(left, { timeout: 2_000 }).toEqual([]);
    await next.stop();
  });

  it('ends when the server is stopped with Ctrl-C', async () => {
    const other = await startServerProcess(4531);
    const { mark, wanted } = marked(`${ignoresTerm} console.log('up'); setInterval(() => {}, 1000);`);
    const run = openRun(other, wanted);
    await run.printed('up');
    const started = Date.now();
    await other.stop();
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(other.child.exitCode).toBe(0);
    expect(eventsOf(await run.done).result).toMatchObject({ outcome: 'stopped' });
    await nothingIsLeft(mark, 100);
  });
});

describe('a program that starts others', () => {
  const fork = (options: string) => `
    import { spawn } from 'node:child_process';
    const mark = process.argv[2];
    if (mark.endsWith('child')) setInterval(() => {}, 1000);
    else {
      for (let i = 0; i < 5; i++) {
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', mark + 'child'], ${options});
        child.unref();
      }
      setTimeout(() => { console.log('parent leaves'); process.exit(0); }, 400);
    }`;

  it.each([
    ['in its own group', "{ stdio: 'ignore' }"],
    ['that hold its output', "{ stdio: 'inherit' }"],
    ['detached', "{ stdio: 'ignore', detached: true }"],
    ['detached, without its environment, elsewhere', "{ stdio: 'ignore', detached: true, env: {}, cwd: '/' }"],
  ])('takes them with it: %s', async (_, options) => {
    const { mark, wanted } = marked(fork(options), { permissions: ['child-process'] });
    const run = openRun(server, wanted);
    await pause(350);
    expect(processesWith(`${mark}child`).length).toBeGreaterThan(0);
    const answer = await run.done;
    expect(eventsOf(answer)).toMatchObject({ output: 'parent leaves\n', result: { outcome: 'exited', code: 0 } });
    await nothingIsLeft(mark, 100);
  });

  it('without end is stopped, and nothing of it is left', async () => {
    const { mark, wanted } = marked(
      `import { spawn } from 'node:child_process';
       const mark = process.argv[2];
       setInterval(() => { for (let i = 0; i < 4; i++) spawn('sleep', ['60'], { stdio: 'ignore', argv0: mark, detached: true, env: {} }); }, 20);`,
      { permissions: ['child-process'] },
    );
    const answer = await send(server, runRequest(server, wanted));
    expect(eventsOf(answer).result).toMatchObject({ outcome: 'failed', cause: 'resource-bound' });
    await nothingIsLeft(mark, 500);
  });

  it('and leaves at once, before anybody could look, takes them with it', async () => {
    const { mark, wanted } = marked(
      `import { spawn } from 'node:child_process';
       const options = { stdio: 'ignore', detached: true, env: {}, cwd: '/', argv0: process.argv[2] };
       for (let i = 0; i < 3; i++) spawn('sh', ['-c', 'exec setsid sleep 60', process.argv[2]], options).unref();
       console.log('left');
       process.exit(0);`,
      { permissions: ['child-process'] },
    );
    const sleepers = () => processesWith('sleep\u000060').length;
    const before = sleepers();
    const { output, result } = eventsOf(await send(server, runRequest(server, wanted)));
    expect({ output, result }).toMatchObject({ output: 'left\n', result: { outcome: 'exited', code: 0 } });
    await nothingIsLeft(mark, 100);
    await pause(300);
    expect(sleepers()).toBe(before);
  });

  it('cannot start any without the permission', async () => {
    const { mark, wanted } = marked(
      `import { spawnSync } from 'node:child_process';
       try { spawnSync('sleep', ['5']); console.log('started'); } catch (error) { console.log(error.code); }`,
    );
    expect(eventsOf(await send(server, runRequest(server, wanted))).output).toBe('ERR_ACCESS_DENIED\n');
    await nothingIsLeft(mark);
  });
});

describe('a program that floods', () => {
  /** Writes for ever, as fast as it is read: a program that does not wait keeps in its own memory what nobody has read yet. */
  const flooding = (piece: string) =>
    `const flood = () => { while (process.stdout.write(${piece})); process.stdout.once('drain', flood); }; flood();`;

  it('its output is cut, and the server still answers while it does', async () => {
    const { mark, wanted } = marked(flooding("'x'.repeat(65535) + '\\n'"), {
      timeoutMs: 3_000,
    });
    const flood = send(server, runRequest(server, wanted));
    for (let i = 0; i < 4; i++) {
      await pause(300);
      const { status, ms } = await send(server, { method: 'GET', path: '/' });
      expect(status).toBe(200);
      expect(ms).toBeLessThan(1_000);
    }
    const answer = await flood;
    const { output, result } = eventsOf(answer);
    expect(result).toMatchObject({ outcome: 'stopped', by: 'timeout', truncated: true });
    expect(output.length).toBe(64 * 1024);
    expect(residentMiB()).toBeLessThan(300);
    await nothingIsLeft(mark);
  });

  it('one endless line too', async () => {
    const { mark, wanted } = marked(flooding("'y'.repeat(1e6)"), { timeoutMs: 1_500 });
    const { output, result } = eventsOf(await send(server, runRequest(server, wanted)));
    expect(result).toMatchObject({ outcome: 'stopped', by: 'timeout', truncated: true });
    expect(output).toBe('y'.repeat(64 * 1024));
    expect(residentMiB()).toBeLessThan(300);
    await nothingIsLeft(mark);
  });

  it('without waiting for anybody, it is ended by the memory that its output takes', async () => {
    const { mark, wanted } = marked("for (;;) process.stdout.write('x'.repeat(65535) + '\\n');", { timeoutMs: 30_000 });
    const { result } = eventsOf(await send(server, runRequest(server, wanted)));
    expect(result).toMatchObject({ outcome: 'failed', cause: 'resource-bound' });
    await nothingIsLeft(mark);
  });

  it('memory outside of the heap is bounded too', async () => {
    const { mark, wanted } = marked(
      'const kept = []; setInterval(() => { kept.push(Buffer.alloc(64 * 1024 ** 2, 1)); console.log(kept.length); }, 20);',
    );
    const { result } = eventsOf(await send(server, runRequest(server, wanted)));
    expect(result).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'resource-bound' });
    await nothingIsLeft(mark);
  });

  it('a file is bounded too, and goes with the run', async () => {
    const { mark, wanted } = marked(
      `import fs from 'node:fs'; const f = fs.openSync('big', 'w'); const b = Buffer.alloc(1024 ** 2); let n = 0;
       try { for (; n < 300; n++) if (fs.writeSync(f, b) < b.length) throw new Error('short'); } catch (e) { console.log(n + ' ' + e.code); }`,
    );
    const { output } = eventsOf(await send(server, runRequest(server, wanted)));
    expect(output).toBe('256 EFBIG\n');
    await nothingIsLeft(mark);
  });

  it('leaves no core file', async () => {
    const { mark, wanted } = marked("console.log('up'); process.abort();");
    const { result } = eventsOf(await send(server, runRequest(server, wanted)));
    expect(result).toMatchObject({ outcome: 'exited', code: 134 });
    await nothingIsLeft(mark);
  });
});

describe('200 programs at once', () => {
  it('from 200 pages: a few run, the others are told so', async () => {
    const { mark, wanted } = marked("setTimeout(() => console.log('ran'), 700);");
    let most = 0;
    let watching = true;
    const watch = (async () => {
      for (; watching; await pause(50)) most = Math.max(most, processesWith(mark).length);
    })();
    const answers = await Promise.all(Array.from({ length: 200 }, () => send(server, runRequest(server, wanted))));
    watching = false;
    await watch;
    const ran = answers.filter(({ status }) => status === 200);
    const busy = answers.filter(({ status }) => status === 429);
    expect(ran.length).toBeGreaterThanOrEqual(4);
    expect(ran.length + busy.length).toBe(200);
    expect(busy.every(({ body }) => JSON.parse(body).error === 'busy')).toBe(true);
    expect(ran.every((answer) => eventsOf(answer).output === 'ran\n')).toBe(true);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
    await nothingIsLeft(mark);
  });

  it('from one page: each ends the one before, and only the last runs to its end', async () => {
    const page = newPage();
    const { mark, wanted } = marked("setTimeout(() => console.log('ran'), 500);");
    let most = 0;
    let watching = true;
    const watch = (async () => {
      for (; watching; await pause(20)) most = Math.max(most, processesWith(mark).length);
    })();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => send(server, runRequest(server, wanted, page))),
    );
    watching = false;
    await watch;
    const results = answers.map((answer) => eventsOf(answer).result);
    expect(results.filter((result) => result?.outcome === 'exited').length).toBe(1);
    expect(results.filter((result) => result?.outcome === 'stopped' && result.by === 'superseded').length).toBe(199);
    expect(most).toBeLessThanOrEqual(1);
    await nothingIsLeft(mark);
  });
});

function residentMiB(): number {
  const [, pages = '0'] = readFileSync(`/proc/${server.child.pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * 4096) / 1024 ** 2;
}

describe('what the folder of a run is', () => {
  it('is for this user alone, and gone afterwards', async () => {
    const { mark, wanted } = marked("console.log('up'); setInterval(() => {}, 1000);");
    const run = openRun(server, wanted);
    await run.printed('up');
    const [own] = runFolders().filter((name) => !foldersBefore.includes(name));
    expect(own).toBeDefined();
    expect(statSync(join(tmpdir(), own ?? '')).mode & 0o777).toBe(0o700);
    run.leave();
    await nothingIsLeft(mark);
    expect(existsSync(join(tmpdir(), own ?? ''))).toBe(false);
  });
});
