/** The server behind `npm start`: a build and the runner, on this machine only. */

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { imageServer } from './linux-image.ts';
import { createRunner, type RunnerOptions } from './runner.ts';
import { serveFolder } from './static.ts';

export interface LocalServer {
  port: number;
  /** Ends every program and every connection. */
  close(): Promise<void>;
}

export interface LocalServerOptions extends RunnerOptions {
  /** The folder of the build. */
  folder: string;
  /** The first port to try; each taken one leads to the next, `attempts` times. 0 takes any free one. */
  port: number;
  attempts?: number;
}

/** Rejects where no port is free. */
export async function startLocalServer({
  folder,
  port,
  attempts = 20,
  ...options
}: LocalServerOptions): Promise<LocalServer> {
  const runner = createRunner(options);
  const image = imageServer();
  const files = serveFolder(folder);
  const { servers, port: found } = await listen(
    (request, response) => {
      if (!runner.handle(request, response) && !image(request, response)) files(request, response);
    },
    port,
    attempts,
  );
  return {
    port: found,
    async close() {
      for (const server of servers) server.close();
      await runner.close();
      for (const server of servers) server.closeAllConnections();
    },
  };
}

/**
 * One port on both loopback addresses: "localhost" is either, as the system likes, and a port that is ours on one only would show
 * somebody else's page on the other.
 */
async function listen(
  handler: RequestListener,
  first: number,
  attempts: number,
): Promise<{ servers: Server[]; port: number }> {
  for (let port = first; ; port++) {
    const servers: Server[] = [];
    try {
      const server = await listenOn(handler, '127.0.0.1', port);
      servers.push(server);
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : port;
      try {
        servers.push(await listenOn(handler, '::1', found));
      } catch (error) {
        if (!isCode(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) throw error;
      }
      return { servers, port: found };
    } catch (error) {
      for (const server of servers) server.close();
      if (!isCode(error, 'EADDRINUSE', 'EACCES') || port >= Math.min(first + attempts, 65_535)) throw error;
    }
  }
}

async function listenOn(handler: RequestListener, host: string, port: number): Promise<Server> {
  // A page needs far less; what is slower or larger is not a page.
  const server = createServer(
    {
      headersTimeout: 5_000,
      requestTimeout: 15_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
    },
    handler,
  );
  server.maxConnections = 512;
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  return server;
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
