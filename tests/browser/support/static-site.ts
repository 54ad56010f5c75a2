/** Serves a build as a host would: its files, with the site's own table of headers. */

import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { headersFor } from '../../../src/site/headers.ts';

export interface StaticSite {
  /** Such as "http://localhost:40123", without a slash at the end. */
  origin: string;
  close(): Promise<void>;
}

/** What a test may answer itself, before the files are looked at. */
export type Extra = (pathname: string) => { body: string; type: string } | undefined;

/** The build that would be deployed. */
export const deployedBuild = fileURLToPath(new URL('../../../dist/', import.meta.url));

/**
 * @param folder of a build
 * @param extra answers of the test's own; headers of the table apply to them too
 * @param headersOf additional headers of an address, such as a content security policy
 */
export async function serveSite(
  folder: string,
  extra: Extra = () => undefined,
  headersOf: (pathname: string) => Record<string, string> = () => ({}),
): Promise<StaticSite> {
  if (!existsSync(folder)) throw new Error(`There is no build in ${folder}. Run "npm run build" first.`);
  const files = sirv(folder, { dev: true, extensions: ['html'] });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    for (const [name, value] of Object.entries({ ...headersFor(pathname), ...headersOf(pathname) }))
      response.setHeader(name, value);
    const own = extra(pathname);
    if (own) {
      response.setHeader('Content-Type', own.type);
      response.end(own.body);
      return;
    }
    files(request, response, () => {
      response.statusCode = 404;
      response.end('not found');
    });
  });
  const port = await listen(server, 'localhost');
  return { origin: `http://localhost:${port}`, close: () => close(server) };
}

/** Starts a server on a free port. */
export async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Stops a server, and ends what it still talks to. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
