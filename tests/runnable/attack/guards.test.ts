/** Requests that must not run anything. The proof is a file that the program makes through a child process, which nothing else confines. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventsOf,
  newPage,
  runHeaders,
  runRequest,
  type Sent,
  type ServerProcess,
  send,
  spec,
  startServerProcess,
} from './server-process.ts';

let server: ServerProcess;
const folder = mkdtempSync(join(tmpdir(), 'proof-'));
const proof = join(folder, 'it-ran');
const program = spec(
  `import { spawnSync } from 'node:child_process'; spawnSync('touch', [${JSON.stringify(proof)}]);`,
  { permissions: ['child-process'] },
);

beforeAll(async () => {
  server = await startServerProcess(4521);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Sends it and proves that nothing ran and that the server still answers. */
async function refused(sent: Sent, status: number, code?: string): Promise<void> {
  const answer = await send(server, sent);
  expect(answer.status, answer.body).toBe(status);
  if (code) expect(JSON.parse(answer.body).error).toBe(code);
  expect(answer.body).not.toContain(server.token);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect(existsSync(proof)).toBe(false);
}

const page = (headers: Record<string, string | string[] | undefined>): Sent => {
  const sent = runRequest(server, program);
  const all = { ...sent.headers, ...headers };
  return { ...sent, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
};

describe('the proof itself', () => {
  it('appears when a page of this server runs the program', async () => {
    const answer = await send(server, runRequest(server, program));
    expect(eventsOf(answer)).toMatchObject({ output: '', result: { outcome: 'exited', code: 0 } });
    expect(existsSync(proof)).toBe(true);
    rmSync(proof);
  });
});

describe('a forged Host', () => {
  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost',
    'localhost:1',
    'localhost.evil.example:PORT',
    '127.0.0.1.nip.io:PORT',
    '0.0.0.0:PORT',
    '2130706433:PORT',
    'localhost:PORT@evil.example',
  ])('%s is refused', async (host) => {
    const Host = host.replace('PORT', String(server.port));
    await refused(page({ Host, Origin: `http://${Host}` }), 403, 'host');
    await refused({ method: 'GET', path: '/__runner/session', headers: { ...server.pageHeaders, Host } }, 403, 'host');
  });

  it('two Host headers are refused', async () => {
    const raw = await rawAnswer(
      `GET /__runner/session HTTP/1.1\r\nHost: localhost:${server.port}\r\nHost: localhost:${server.port}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n`,
    );
    expect(raw).not.toContain('token"');
    expect(raw).toMatch(/^HTTP\/1\.1 40[03]/);
  });

  it.each(['Host: \r\n', ''])('no name at all is refused: %j', async (header) => {
    const raw = await rawAnswer(
      `GET /__runner/session HTTP/1.1\r\n${header}Sec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n`,
    );
    expect(raw).not.toContain('token"');
    expect(raw).toMatch(/^HTTP\/1\.1 40[03]/);
  });

  it('an address in absolute form does not replace it', async () => {
    const raw = await rawAnswer(
      `GET http://localhost:${server.port}/__runner/session HTTP/1.1\r\nHost: evil.example\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n`,
    );
    expect(raw).not.toContain('"token"');
  });
});

describe('a page of another site', () => {
  it.each([
    ['its Origin', { Origin: 'https://evil.example', 'Sec-Fetch-Site': undefined }],
    ['its Origin, and a forged Sec-Fetch-Site', { Origin: 'https://evil.example' }],
    ['the Origin of a sandboxed frame or a file', { Origin: 'null' }],
    ['another port of this machine', { Origin: 'http://localhost:1', 'Sec-Fetch-Site': 'same-site' }],
    ['https on our port', { Origin: 'https://localhost:PORT' }],
    ['the other name of this machine', { Origin: 'http://127.0.0.1:PORT' }],
    ['Sec-Fetch-Site: cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'Sec-Fetch-Site': 'same-site' }],
    ['an address typed by hand', { 'Sec-Fetch-Site': 'none' }],
    ['a form that navigates', { 'Sec-Fetch-Dest': 'document' }],
    ['a frame', { 'Sec-Fetch-Dest': 'iframe' }],
    ['no Origin', { Origin: undefined }],
    ['neither header', { Origin: undefined, 'Sec-Fetch-Site': undefined }],
  ])('is refused: %s', async (_, headers: Record<string, string | undefined>) => {
    const Origin = headers.Origin?.replace('PORT', String(server.port));
    await refused(page({ ...headers, ...('Origin' in headers ? { Origin } : {}) }), 403, 'cross-site');
  });

  it('does not get the token', async () => {
    for (const headers of [
      {},
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'script' },
    ])
      await refused({ method: 'GET', path: '/__runner/session', headers }, 403, 'cross-site');
  });

  it('gets no answer to a preflight', async () => {
    await refused(
      {
        method: 'OPTIONS',
        path: '/__runner/run',
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
      },
      403,
      'cross-site',
    );
  });
});

describe('the token', () => {
  it.each([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['wrong', () => 'A'.repeat(43)],
    ['cut', (token: string) => token.slice(0, -1)],
    ['longer', (token: string) => `${token}A`],
    ['in another case', (token: string) => token.toLowerCase()],
  ])('%s is refused', async (_, change: (token: string) => string | undefined) => {
    await refused(page({ 'X-Runner-Token': change(server.token) }), 403, 'token');
  });

  it('of an earlier start is refused', async () => {
    const old = server.token;
    await server.stop();
    server = await startServerProcess(4521);
    expect(server.token).not.toBe(old);
    await refused(page({ 'X-Runner-Token': old }), 403, 'token');
  });
});

describe('the body', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'application/json, text/plain',
    'text/plain; application/json',
    'application/json; charset=utf-16',
    '',
    undefined,
  ])('of type %s is refused', async (type) => {
    await refused(page({ 'Content-Type': type }), 415, 'content-type');
  });

  it.each(['', '{', '[]', 'null', '"x"', '{"spec":{}}', '{"page":"../../x","spec":{}}', '\ufffe'])(
    '%j is refused',
    async (body) => {
      const answer = await send(server, { ...page({}), body });
      expect(answer.status).toBe(400);
    },
  );

  it('that is not UTF-8 is refused', async () => {
    const answer = await send(server, {
      ...page({}),
      write: (request) => request.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    });
    expect(answer.status).toBe(400);
  });

  it.each([
    ['with its length', true],
    ['in chunks, without a length', false],
  ])('of 50 MB is refused before it is read, %s', async (_, withLength) => {
    const bytes = 50 * 1024 ** 2;
    const before = residentMiB();
    const answer = await send(server, {
      ...page(withLength ? { 'Content-Length': String(bytes) } : { 'Transfer-Encoding': 'chunked' }),
      write(request) {
        const piece = Buffer.alloc(65_536, 0x20);
        let sent = 0;
        const more = () => {
          while (sent < bytes && !request.destroyed) {
            sent += piece.length;
            if (!request.write(piece)) {
              request.once('drain', more);
              return;
            }
          }
          request.end();
        };
        more();
      },
    });
    // The connection may break under the sender before it has read the answer.
    expect([413, 0]).toContain(answer.status);
    expect(answer.ms).toBeLessThan(3_000);
    expect(residentMiB() - before).toBeLessThan(40);
    expect(existsSync(proof)).toBe(false);
    await answersSoon();
  });

  it('just over the bound is refused in words', async () => {
    const body = JSON.stringify({ page: newPage(), spec: program, pad: 'x'.repeat(256 * 1024) });
    await refused({ ...page({}), body }, 413, 'too-large');
  });

  it('that drips is refused after its time, and hinders nobody', async () => {
    const dripping = send(server, {
      ...page({ 'Content-Length': '1000' }),
      write(request) {
        const drip = setInterval(() => request.write(' '), 100);
        request.on('close', () => clearInterval(drip));
      },
    });
    await pause(1_000);
    await answersSoon();
    const answer = await dripping;
    expect([408, 0]).toContain(answer.status);
    expect(answer.ms).toBeGreaterThan(4_000);
    expect(answer.ms).toBeLessThan(7_000);
  });

  it('that is announced and never sent leaves no connection behind', async () => {
    const started = Date.now();
    const raw = await rawAnswer(
      `POST /__runner/run HTTP/1.1\r\n${Object.entries({
        Host: `localhost:${server.port}`,
        ...runHeaders(server),
        'Content-Length': '10',
      })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
    );
    expect(raw).toContain('too-slow');
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  it('headers that drip are cut off', async () => {
    const started = Date.now();
    await rawAnswer(`GET / HTTP/1.1\r\nHost: localhost:${server.port}\r\nX-Slow: `);
    expect(Date.now() - started).toBeLessThan(9_000);
    await answersSoon();
  });
});

describe('other addresses and methods', () => {
  it('are not there', async () => {
    await refused({ ...page({}), path: '/__runner/' }, 404, 'not-found');
    await refused({ ...page({}), path: '/__runner/run/..' }, 404, 'not-found');
    await refused({ ...page({}), method: 'PUT' }, 405, 'method');
    await refused({ method: 'GET', path: '/__runner/run', headers: server.pageHeaders }, 405, 'method');
  });
});

/** Everything the server says on a connection, until it closes that. */
function rawAnswer(text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (piece) => {
      said += piece;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
  });
}

async function answersSoon(): Promise<void> {
  const { status, ms } = await send(server, { method: 'GET', path: '/' });
  expect(status).toBe(200);
  expect(ms).toBeLessThan(1_000);
}

function residentMiB(): number {
  if (process.platform !== 'linux') return 0;
  const [, pages = '0'] = readFileSync(`/proc/${server.child.pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * 4096) / 1024 ** 2;
}
