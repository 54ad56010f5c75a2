/**
 * Who may talk to the runner: this machine, through a page of this server, and nobody else. A web page elsewhere can make a browser send
 * requests to localhost; each guard stops one way of doing that, and none relies on another.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type RefusalCode =
  | 'not-loopback'
  | 'host'
  | 'cross-site'
  | 'not-found'
  | 'method'
  | 'token'
  | 'content-type'
  | 'too-large'
  | 'too-slow'
  | 'bad-request'
  | 'refused'
  | 'busy'
  | 'stopping';

/** A request that is answered with `{"error": code, "message": …}` and has no other effect. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: RefusalCode;
  constructor(status: number, code: RefusalCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const loopback = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Checks where a request comes from. Throws a `Refusal`.
 *
 * - The peer is this machine, also where a dev server was told to listen on all interfaces.
 * - `Host` is a loopback name with our port: a foreign name that was made to resolve to 127.0.0.1 (DNS rebinding) still says its own name.
 * - The page that asks is ours: `Sec-Fetch-Site` is "same-origin", or `Origin` is this very host. A request without either is not from a
 *   page, and a POST always carries an `Origin`.
 */
export function checkOrigin(request: IncomingMessage): void {
  const { headers, socket } = request;
  if (!loopback.test(socket.remoteAddress ?? ''))
    throw new Refusal(403, 'not-loopback', 'the runner answers only this machine');

  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  const host = headers.host?.toLowerCase() ?? '';
  const port = socket.localPort ?? 0;
  const names = loopbackNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (hosts !== 1 || !names.includes(host)) throw new Refusal(403, 'host', 'the Host header is not of this server');

  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const destination = headers['sec-fetch-dest'];
  const foreign =
    (origin !== undefined && origin.toLowerCase() !== `http://${host}`) ||
    (site !== undefined && site !== 'same-origin') ||
    (destination !== undefined && destination !== 'empty');
  if (foreign || (origin === undefined && site === undefined))
    throw new Refusal(403, 'cross-site', 'only a page of this server may ask');
  if (request.method !== 'GET' && origin === undefined)
    throw new Refusal(403, 'cross-site', 'the Origin header is missing');
}

/** One secret for each start of the server: only a page that may read our answers knows it. */
export class Token {
  readonly value = randomBytes(32).toString('base64url');

  /** Throws a `Refusal`. Takes the same time however much of the token is right. */
  check(header: string | string[] | undefined): void {
    const given = Buffer.from(typeof header === 'string' ? header : '');
    const wanted = Buffer.from(this.value);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      throw new Refusal(403, 'token', 'the token is missing or from another start of the server');
  }
}

/** Reads a JSON body of at most `maxBytes` that arrives within `timeoutMs`. Throws a `Refusal`. */
export async function readJson(
  request: IncomingMessage,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<unknown> {
  // A form of another site can send text/plain, but never this type without a preflight, which nobody answers.
  const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s/g, '');
  if (type !== 'application/json' && type !== 'application/json;charset=utf-8')
    throw new Refusal(415, 'content-type', 'the body has to be application/json');
  const tooLarge = new Refusal(413, 'too-large', `the body is larger than ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;

  const body = await new Promise<Buffer>((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const clock = setTimeout(
      () => fail(new Refusal(408, 'too-slow', `the body took longer than ${timeoutMs} ms`)),
      timeoutMs,
    );
    const fail = (error: Error) => {
      clearTimeout(clock);
      request.removeAllListeners('data');
      request.pause();
      reject(error);
    };
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > maxBytes) fail(tooLarge);
      else pieces.push(piece);
    });
    request.once('end', () => {
      clearTimeout(clock);
      resolve(Buffer.concat(pieces));
    });
    const gone = () => fail(new Refusal(400, 'bad-request', 'the body is not complete'));
    request.once('error', gone);
    request.once('close', gone);
  });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, 'bad-request', 'the body is not JSON');
  }
}
