/** The files of a finished build, with the headers of src/site/headers.ts. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { headersFor } from '../src/site/headers.ts';
import { languageOf } from '../src/site/locales.ts';

/** Answers GET and HEAD with a file of the folder, a redirect to the address with its slash, or the page for addresses that do not exist. */
export function serveFolder(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  // `dev` reads the folder at each request, so a build that was made anew is served at once; `etag` keeps that cheap.
  const files = sirv(folder, { dev: true, etag: true });

  async function notFound(path: string, response: ServerResponse): Promise<void> {
    const own = join(folder, languageOf(path.split('/')[1]), '404.html');
    const page = await readFile(existsSync(own) ? own : join(folder, '404.html')).catch(() => 'Not found\n');
    response.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' });
    response.end(page);
  }

  return (request, response) => {
    const url = request.url ?? '/';
    const path = url.split('?', 1)[0] ?? '/';
    for (const [name, value] of Object.entries(headersFor(path))) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    const name = decoded(path);
    // "//host" as an address of ours would become another host in a redirect; a name with a dot in front is no page.
    if (name === null || !name.startsWith('/') || /\/[/.]|\\|\0|%2f/i.test(name)) {
      void notFound(path, response);
      return;
    }
    if (!path.endsWith('/') && existsSync(join(folder, name, 'index.html'))) {
      response.writeHead(301, { Location: `${path}/${url.slice(path.length)}`, 'Cache-Control': 'no-cache' }).end();
      return;
    }
    if (!rangeIsPlain(request.headers.range)) delete request.headers.range;
    files(request, response, () => void notFound(path, response));
  };
}

/** The path as the file system has it; null where its escapes are broken. */
function decoded(path: string): string | null {
  try {
    return decodeURI(path);
  } catch {
    return null;
  }
}

// A server may ignore a range; sirv misreads "-500" (the last 500 bytes), "0-0" and "9-2".
function rangeIsPlain(range: string | undefined): boolean {
  if (range === undefined) return true;
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  return start !== undefined && (end === '' || (Number(end) > 0 && Number(end) >= Number(start)));
}
