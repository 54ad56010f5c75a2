/** Programs in a real Node, on every version there is here: what comes out, and what the permission model keeps in. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confinementOf, nodeVersion, prlimitPath } from '../../server/node-binary.ts';
import { startProgram } from '../../server/run-program.ts';
import type { Permission, RunResult, RunSpec } from '../../src/runtime/contract.ts';
import { nodeVersions } from '../../tools/node-versions.ts';

const installed = nodeVersions();
const nodes = installed.length > 0 ? installed : [{ major: 0, path: process.execPath }];
const foldersBefore = runFolders();

async function run(
  node: string,
  main: string,
  more: Partial<RunSpec> = {},
): Promise<{ output: string; result: RunResult }> {
  let output = '';
  const result = await startProgram(
    {
      id: 'test',
      files: { 'main.mjs': main },
      argv: ['node', 'main.mjs'],
      timeoutMs: 20_000,
      maxOutputBytes: 200_000,
      ...more,
    },
    { node, signal: new AbortController().signal, onText: (text) => (output += text) },
  );
  return { output, result };
}

function runFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^snippet-\d+-[A-Za-z0-9]{6}$/.test(name));
}

afterAll(() => expect(runFolders()).toEqual(foldersBefore));

describe.each(nodes)('Node $major', ({ major, path }) => {
  it('is the version that its folder says', async (context) => {
    if (major === 0)
      context.skip('tools/node-versions is not installed: the other tests here run on the Node of this machine');
    expect(await nodeVersion(path)).toMatch(new RegExp(`^v${major}\\.`));
  });

  it('keeps the order of stdout and stderr', async () => {
    const { output } = await run(
      path,
      "import { writeSync } from 'node:fs'; for (let i = 0; i < 200; i++) writeSync(1 + (i % 2), i + '\\n');",
    );
    expect(output).toBe(Array.from({ length: 200 }, (_, i) => `${i}\n`).join(''));
  });

  it('says where an error is without naming this machine', async () => {
    const { output, result } = await run(path, "console.log(import.meta.url, process.cwd());\nthrow new Error('oh');");
    expect(result).toMatchObject({ outcome: 'exited', code: 1 });
    expect(output).toContain('file:///snippet/main.mjs /snippet\n');
    expect(output).toContain('Error: oh\n    at file:///snippet/main.mjs:2:7');
    for (const name of [tmpdir(), 'node_modules', path]) expect(output).not.toContain(name);
  });

  it.each([
    ['its own abort', 'process.abort();', 134],
    ['SIGKILL', "process.kill(process.pid, 'SIGKILL');", 137],
    ['SIGTERM', "process.kill(process.pid, 'SIGTERM');", 143],
  ])('reports the end by %s as a shell does', async (_, main, code) => {
    expect((await run(path, main)).result).toMatchObject({ outcome: 'exited', code });
  });

  it('runs out of heap at its flag, with exit code 134 and the words of V8, naming no path', async () => {
    const { output, result } = await run(
      path,
      "const kept = []; for (let i = 0; i < 192; i++) kept.push(new Array(131072).fill(i)); console.log('own bound');",
      { argv: ['node', '--max-old-space-size=64', 'main.mjs'] },
    );
    expect(result).toMatchObject({ outcome: 'exited', code: 134 });
    expect(output).toContain('JavaScript heap out of memory');
    expect(output).toContain('[node]');
    expect(output).not.toContain('node_modules');
  });

  it('adds nothing to the output of an empty program, whatever it is granted', async () => {
    for (const permissions of [[], ['worker'], ['child-process'], ['network'], ['network', 'child-process', 'worker']])
      expect(await run(path, '', { permissions: permissions as Permission[] })).toMatchObject({
        output: '',
        result: { outcome: 'exited', code: 0 },
      });
  });

  it('changes no heap limit', async () => {
    const main = "import v8 from 'node:v8'; console.log(v8.getHeapStatistics().heap_size_limit);";
    const { execFileSync } = await import('node:child_process');
    const direct = execFileSync(path, ['--input-type=module', '-e', main], { encoding: 'utf8', env: {} });
    expect((await run(path, main)).output).toBe(direct);
  });

  it('sets the limit of open files, soft and hard', async (context) => {
    if (!prlimitPath()) context.skip('prlimit of util-linux is not here');
    const { output } = await run(
      path,
      "import fs from 'node:fs'; const open = []; try { for (;;) open.push(fs.openSync('main.mjs')); } catch (e) { console.log(e.code, open.at(-1)); }",
      { limits: { nofile: 100 } },
    );
    expect(output).toBe('EMFILE 99\n');
  });

  describe('the permission model', () => {
    const secret = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret.txt');
    writeFileSync(secret, 'SECRET');
    const listener = createServer((socket) => socket.end('hello'));
    let port = 0;
    beforeAll(async () => {
      await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
      port = (listener.address() as { port: number }).port;
    });
    afterAll(() => {
      listener.close();
      rmSync(join(secret, '..'), { recursive: true });
    });

    const attempt = (code: string, imports = '') =>
      `import fs from 'node:fs'; import cp from 'node:child_process'; import { Worker } from 'node:worker_threads'; import net from 'node:net'; ${imports}
       try { console.log('did it: ' + (await (async () => { ${code} })())); } catch (error) { console.log(error.code); }`;
    const denied = 'ERR_ACCESS_DENIED\n';

    it.each([
      ['read /etc/passwd', "return fs.readFileSync('/etc/passwd', 'utf8')"],
      ['read a file of this test', () => `return fs.readFileSync(${JSON.stringify(secret)}, 'utf8')`],
      [
        'read it by a path that climbs',
        () => `return fs.readFileSync('../../' + ${JSON.stringify(secret.slice(1))}, 'utf8')`,
      ],
      ['read it with promises', () => `return fs.promises.readFile(${JSON.stringify(secret)}, 'utf8')`],
      ['read it as bytes in the path', () => `return fs.readFileSync(Buffer.from(${JSON.stringify(secret)}), 'utf8')`],
      [
        'read it through a link',
        () => `fs.symlinkSync(${JSON.stringify(secret)}, 'link'); return fs.readFileSync('link', 'utf8')`,
      ],
      ['list the temporary folder', () => `return fs.readdirSync(${JSON.stringify(tmpdir())})`],
      ['see the other runs', "return fs.readdirSync('..')"],
      ['write outside', () => `return fs.writeFileSync(${JSON.stringify(`${secret}.new`)}, 'x')`],
      ['write over it', () => `return fs.writeFileSync(${JSON.stringify(secret)}, 'x')`],
      ['remove it', () => `return fs.rmSync(${JSON.stringify(secret)})`],
      ['load it as a module', () => `return import(${JSON.stringify(secret)})`],
      ['start a shell', "return cp.execSync('id').toString()"],
      ['start a program', "return cp.spawnSync('touch', ['x']).status"],
      ['fork', "return cp.fork('main.mjs').pid"],
      ['start a worker', "return new Worker('1', { eval: true }).threadId"],
    ])('does not let a program %s', async (_, code) => {
      const { output, result } = await run(path, attempt(typeof code === 'string' ? code : code()));
      expect(result).toMatchObject({ outcome: 'exited', code: 0 });
      expect(output).toBe(denied);
      expect(readFileSync(secret, 'utf8')).toBe('SECRET');
    });

    const connects = () =>
      attempt(
        `return new Promise((done, fail) => net.connect(${port}, '127.0.0.1').on('data', done).on('error', fail))`,
      );

    it('keeps the network from a program exactly where confinementOf says so', async () => {
      const { network } = confinementOf(await nodeVersion(path));
      expect((await run(path, connects())).output).toBe(network ? denied : 'did it: hello\n');
    });

    it('grants what was asked for: the network', async () => {
      expect((await run(path, connects(), { permissions: ['network'] })).output).toBe('did it: hello\n');
    });

    it('grants what was asked for: children', async () => {
      const main = attempt("return cp.execFileSync('echo', ['child']).toString().trim()");
      expect((await run(path, main, { permissions: ['child-process'] })).output).toBe('did it: child\n');
    });

    it('grants what was asked for: workers', async () => {
      const main = attempt(
        "return new Promise((done) => new Worker('process.exit(3)', { eval: true }).on('exit', done))",
      );
      expect((await run(path, main, { permissions: ['worker'] })).output).toBe('did it: 3\n');
    });

    it('lets a program use its own folder', async () => {
      const { output } = await run(
        path,
        "import fs from 'node:fs'; import os from 'node:os'; fs.mkdirSync('a'); fs.writeFileSync('a/b', 'mine'); console.log(fs.readFileSync('a/b', 'utf8'), fs.readdirSync('.').join(), os.tmpdir(), os.homedir());",
      );
      expect(output).toBe('mine a,main.mjs /snippet /snippet\n');
    });
  });
});

describe('startProgram', () => {
  const node = process.execPath;

  it('ends at once when the signal is aborted before it starts', async () => {
    let output = '';
    const result = await startProgram(
      {
        id: 'test',
        files: { 'main.mjs': "console.log('ran')" },
        argv: ['node', 'main.mjs'],
        timeoutMs: 5_000,
        maxOutputBytes: 100,
      },
      { node, signal: AbortSignal.abort('superseded'), onText: (text) => (output += text) },
    );
    expect(result).toEqual({ outcome: 'stopped', by: 'superseded', durationMs: 0, truncated: false });
    expect(output).toBe('');
  });

  it('reports a Node that is not there', async () => {
    const { result } = await run('/nowhere/node', '');
    expect(result).toMatchObject({ outcome: 'failed', stage: 'spawn', cause: 'unknown' });
  });

  it('refuses what checkedSpec refuses, with its sentence', async () => {
    const { result } = await run(node, '', { argv: ['node', '-e', '1'] });
    expect(result).toMatchObject({ outcome: 'failed', stage: 'spawn', cause: 'refused', retry: 'never' });
  });

  it('keeps output that comes just before the end', async () => {
    for (let i = 0; i < 10; i++) {
      const { output } = await run(
        node,
        "process.stdout.write('x'.repeat(100_000)); process.stderr.write('end'); process.exit(0);",
      );
      expect(output.length).toBe(100_003);
      expect(output.endsWith('xend')).toBe(true);
    }
  });

  it('gives no right that the server has through sudo or set-user-ID', async (context) => {
    if (process.platform !== 'linux') context.skip('no_new_privs is of Linux');
    const { output } = await run(
      node,
      "import { execSync } from 'node:child_process'; console.log(execSync('grep NoNewPrivs /proc/self/status').toString().trim());",
      { permissions: ['child-process'] },
    );
    expect(output).toBe('NoNewPrivs:\t1\n');
  });
});
