/** Programs that ask for what a page may not have: through the real server, and each beside one that is allowed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedSpec, RefusedSpec } from '../../../server/run-spec.ts';
import {
  eventsOf,
  runFolders,
  runRequest,
  type ServerProcess,
  send,
  spec,
  startServerProcess,
} from './server-process.ts';

let server: ServerProcess;
const folder = mkdtempSync(join(tmpdir(), 'proof-'));
const secret = join(folder, 'secret.cjs');
writeFileSync(secret, "console.log('LOADED FROM OUTSIDE');");

beforeAll(async () => {
  server = await startServerProcess(4523);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const hello = "console.log('hello ' + process.argv.slice(2).join('|'));";

async function refused(wanted: unknown): Promise<void> {
  const before = runFolders().length;
  const answer = await send(server, runRequest(server, wanted));
  expect(answer.status, answer.body).toBe(422);
  expect(JSON.parse(answer.body).error).toBe('refused');
  expect(runFolders().length).toBeLessThanOrEqual(before);
}

async function allowed(wanted: unknown, output: string): Promise<void> {
  const answer = await send(server, runRequest(server, wanted));
  expect(answer.status, answer.body).toBe(200);
  expect(eventsOf(answer)).toMatchObject({ output, result: { outcome: 'exited', code: 0 } });
}

describe('the command', () => {
  it.each([[['node', '--max-old-space-size=64', 'main.mjs']], [['node', '--expose-gc', '--no-warnings', 'main.mjs']]])(
    '%j is allowed',
    (argv) => allowed({ ...spec(hello), argv }, 'hello \n'),
  );

  it.each([
    [['node', 'main.mjs', '--require=x', '-e', '--inspect', '--allow-fs-read=*']],
    [['node', 'main.mjs', '$(id)', '; rm -rf .', '`id`', '> out', '"', "'", 'a b', '*']],
  ])('what stands after the program is the program’s own: %j', (argv) =>
    allowed({ ...spec(hello), argv }, `hello ${argv.slice(2).join('|')}\n`),
  );

  it.each(
    [
      ['node', `--require=${secret}`, 'main.mjs'],
      ['node', '--require', secret, 'main.mjs'],
      ['node', '-r', secret, 'main.mjs'],
      ['node', `--import=${secret}`, 'main.mjs'],
      ['node', `--loader=${secret}`, 'main.mjs'],
      ['node', `--experimental-loader=${secret}`, 'main.mjs'],
      ['node', '-e', 'console.log(1)'],
      ['node', '-p', '1'],
      ['node', '-pe', '1', 'main.mjs'],
      ['node', '--eval=1', 'main.mjs'],
      ['node', '--print', 'main.mjs'],
      ['node', '-i'],
      ['node', '-'],
      ['node', '--', 'main.mjs'],
      ['node', '--inspect', 'main.mjs'],
      ['node', '--inspect=0.0.0.0:9229', 'main.mjs'],
      ['node', '--inspect-brk', 'main.mjs'],
      ['node', '--allow-fs-read=*', 'main.mjs'],
      ['node', '--allow-fs-write=*', 'main.mjs'],
      ['node', '--allow-child-process', 'main.mjs'],
      ['node', '--allow-addons', 'main.mjs'],
      ['node', '--allow-wasi', 'main.mjs'],
      ['node', '--no-permission', 'main.mjs'],
      ['node', '--no-experimental-permission', 'main.mjs'],
      ['node', '--permission-audit', 'main.mjs'],
      ['node', '--env-file=/etc/passwd', 'main.mjs'],
      ['node', '--experimental-config-file=x', 'main.mjs'],
      ['node', '--openssl-config=/etc/passwd', 'main.mjs'],
      ['node', '--run', 'x', 'main.mjs'],
      ['node', '--test', 'main.mjs'],
      ['node', '--watch', 'main.mjs'],
      ['node', '--cpu-prof-dir=/tmp', 'main.mjs'],
      ['node', '--diagnostic-dir=/tmp', 'main.mjs'],
      ['node', '--report-directory=/tmp', 'main.mjs'],
      ['node', '--trace-event-file-pattern=/tmp/x', 'main.mjs'],
      ['node', '--redirect-warnings=/tmp/x', 'main.mjs'],
      ['node', '--title=x', 'main.mjs'],
      ['node', '--max-old-space-size=4096', 'main.mjs'],
      ['node', '--max-old-space-size=-1', 'main.mjs'],
      ['node', '--max-old-space-size=6e1', 'main.mjs'],
      ['node', '--max-old-space-size=64 --inspect', 'main.mjs'],
      ['node', '--max-old-space-size=64\n--inspect', 'main.mjs'],
      ['node', '--max-old-space-size', '64', 'main.mjs'],
      ['node', '--max_old_space_size=64', 'main.mjs'],
      ['node', '--expose-gc=x', 'main.mjs'],
      ['node', '--expose-gc\0', 'main.mjs'],
      ['node', '--__proto__', 'main.mjs'],
      ['node', '--constructor', 'main.mjs'],
      ['node', '/etc/passwd'],
      ['node', secret],
      ['node', '../main.mjs'],
      ['node', './main.mjs'],
      ['node', 'other.mjs'],
      ['node', 'toString'],
      ['node', ''],
      ['node'],
      [],
      ['sh', '-c', 'id'],
      ['/bin/sh', 'main.mjs'],
      ['node;id', 'main.mjs'],
      ['NODE', 'main.mjs'],
      ['prlimit', '--nofile=64', 'node', 'main.mjs'],
      ['node', 'main.mjs', 1],
      ['node', 'main.mjs', 'x'.repeat(5_000)],
      ['node', 'main.mjs', 'a\0b'],
      ['node', 'main.mjs', ...Array.from({ length: 40 }, () => 'x')],
      'node main.mjs',
      { 0: 'node', 1: 'main.mjs', length: 2 },
    ].map((argv) => [argv]),
  )('%j is refused', (argv) => refused({ ...spec(hello), argv }));
});

describe('file names', () => {
  it.each(
    [
      '../escaped.mjs',
      '../../../../tmp/escaped.mjs',
      '/tmp/escaped.mjs',
      'sub/file.mjs',
      'sub\\file.mjs',
      '..\\escaped.mjs',
      'C:\\escaped.mjs',
      'c:escaped.mjs',
      '..',
      '.',
      '',
      '.npmrc',
      '.env',
      'name\0.mjs',
      'name\n.mjs',
      'name ',
      'name.',
      '%2e%2e%2fescaped',
      '..%2fescaped',
      'con',
      'NUL.mjs',
      'com1.txt',
      '__proto__',
      'x'.repeat(100),
      '한글.mjs',
      '-e',
      'stream:ads',
    ].map((name) => [name]),
  )('%j is refused', async (name) => {
    const files = JSON.parse(`{"main.mjs": "console.log(1)", ${JSON.stringify(name)}: "escaped"}`);
    await refused({ ...spec(hello), files });
    expect(existsSync(join(tmpdir(), 'escaped.mjs'))).toBe(false);
  });

  it('plain ones are allowed, and lie in the folder of the run', () =>
    allowed(
      {
        ...spec(
          'import { text } from "./data.mjs"; import { readFileSync } from "node:fs"; console.log(text + readFileSync("a_b-c.1.txt", "utf8"));',
        ),
        files: {
          'main.mjs':
            'import { text } from "./data.mjs"; import { readFileSync } from "node:fs"; console.log(text + readFileSync("a_b-c.1.txt", "utf8"));',
          'data.mjs': 'export const text = "here ";',
          'a_b-c.1.txt': 'and there',
        },
      },
      'here and there\n',
    ));
});

describe('variables', () => {
  it.each([
    ['NODE_OPTIONS', `--require=${secret}`],
    ['NODE_OPTIONS', '--max-old-space-size=64 --inspect'],
    ['NODE_OPTIONS', '"--require=x"'],
    ['NODE_OPTIONS', '--max-old-space-size=64\t--inspect'],
    ['NODE_OPTIONS', '--allow-fs-read=*'],
    ['NODE_PATH', '/tmp'],
    ['NODE_EXTRA_CA_CERTS', '/etc/passwd'],
    ['NODE_REPL_EXTERNAL_MODULE', secret],
    ['NODE_V8_COVERAGE', '/tmp'],
    ['NODE_COMPILE_CACHE', '/tmp'],
    ['NODE_PERMISSION', '0'],
    ['LD_PRELOAD', '/tmp/x.so'],
    ['LD_LIBRARY_PATH', '/tmp'],
    ['DYLD_INSERT_LIBRARIES', '/tmp/x'],
    ['OPENSSL_CONF', '/tmp/x'],
    ['SSL_CERT_FILE', '/tmp/x'],
    ['GLIBC_TUNABLES', 'x'],
    ['PATH', '/tmp'],
    ['HOME', '/root'],
    ['TMPDIR', '/tmp'],
    ['UV_USE_IO_URING', '1'],
    ['path', '/tmp'],
    ['A=B', 'x'],
    ['', 'x'],
    ['A', 'x\0y'],
    ['A', 1],
  ])('%s=%s is refused', (name, value) => refused({ ...spec(hello), env: { [name]: value } }));

  it.each([
    ['NODE_OPTIONS', '--max-old-space-size=64'],
    ['UV_THREADPOOL_SIZE', '2'],
    ['GREETING', '안녕 $(id) "'],
  ])('%s=%s is allowed', (name, value) =>
    allowed({ ...spec(`console.log(process.env.${name});`), env: { [name]: value } }, `${value}\n`),
  );

  it('nothing of the server’s own comes through', async () => {
    const answer = await send(server, runRequest(server, spec('console.log(Object.keys(process.env).sort().join());')));
    expect(eventsOf(answer).output).toBe('FORCE_COLOR,HOME,LC_ALL,NO_COLOR,PATH,TMPDIR\n');
  });
});

describe('bounds and shape', () => {
  it.each([
    ['a longer time', { timeoutMs: 600_000 }],
    ['no time', { timeoutMs: 0 }],
    ['a time that is no number', { timeoutMs: '9' }],
    ['more output', { maxOutputBytes: 1e9 }],
    ['more open files', { limits: { nofile: 1e9 } }],
    ['a limit as text', { limits: { nofile: '64:64 --nproc=1' } }],
    ['another limit', { limits: { core: 1 } }],
    ['an unknown permission', { permissions: ['addons'] }],
    ['a permission that is no text', { permissions: [['child-process']] }],
    ['another field', { cwd: '/' }],
    ['another shell', { shell: true }],
    ['a path as id', { id: '../x' }],
    ['no files', { files: {} }],
    ['files as a list', { files: ['x'] }],
    ['a file that is no text', { files: { 'main.mjs': 1 } }],
    ['a large file', { files: { 'main.mjs': ' '.repeat(200_000) } }],
    ['many files', { files: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}.mjs`, ''])) }],
  ])('%s is refused', (_, change) => refused({ ...spec(hello), ...change }));

  it('whatever arrives, it is a checked spec or a refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ files: fc.anything(), argv: fc.anything(), env: fc.anything() })),
        (value) => {
          try {
            checkedSpec(value);
          } catch (error) {
            expect(error).toBeInstanceOf(RefusedSpec);
          }
        },
      ),
    );
  });

  it('no flag outside of the list passes, however it is written', () => {
    const flag = fc.oneof(
      fc.string().map((text) => `-${text}`),
      fc
        .constantFrom('--require', '--import', '--eval', '--inspect', '--allow-fs-read')
        .chain((name) => fc.string().map((value) => `${name}=${value}`)),
    );
    const known =
      /^--(max-old-space-size|max-semi-space-size|stack-trace-limit|unhandled-rejections)=[a-z0-9-]+$|^--(abort-on-uncaught-exception|expose-gc|trace-gc|trace-uncaught|trace-warnings|no-warnings)$/;
    fc.assert(
      fc.property(fc.array(flag, { minLength: 1, maxLength: 3 }), (flags) => {
        let accepted = true;
        try {
          checkedSpec({ ...spec(''), argv: ['node', ...flags, 'main.mjs'] });
        } catch {
          accepted = false;
        }
        if (accepted) for (const one of flags) expect(one).toMatch(known);
      }),
    );
  });
});
