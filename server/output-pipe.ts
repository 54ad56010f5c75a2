/**
 * One pipe for stdout and stderr, so that what a program wrote first is read first. Node's own `stdio: 'pipe'` makes two, and with two
 * nobody can say what came first. Like Node's, it is a pair of connected Unix sockets.
 */

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';

export interface OutputPipe {
  /** For `stdio`, twice. Destroy it once the program has started: the reading end ends when no process holds the writing end. */
  writer: Socket;
  reader: Socket;
}

/** @param path where the socket stands for a moment: in a folder that only this user may enter */
export async function outputPipe(path: string): Promise<OutputPipe> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(path);
  await once(server, 'listening');
  const writer = connect(path);
  const [[reader]] = (await Promise.all([once(server, 'connection'), once(writer, 'connect')])) as [[Socket], unknown];
  server.close();
  await rm(path, { force: true });
  return { writer, reader };
}
