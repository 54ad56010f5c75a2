/** The page of the stand-in host: offers the vendor's client what stackblitz.com/headless offers it, as far as our adapter uses it. */
// @ts-expect-error the vendored file has no types
import { Comlink as vendored } from '../../../node_modules/@webcontainer/api/dist/vendor/index.js';
import type { Faults, HostLine, HostRequest } from './stand-in-host.ts';

/** The part of Comlink that is used. */
const Comlink = vendored as { proxy<T extends object>(value: T): T; expose(value: object, port: MessagePort): void };

const faults = JSON.parse(document.getElementById('faults')?.textContent ?? 'null') as Faults;
const container = `container-${crypto.randomUUID()}`;
const encoder = new TextEncoder();
const errorListeners: ((error: { message: string }) => unknown)[] = [];

async function ask(request: HostRequest): Promise<Response> {
  const response = await fetch('/do', { method: 'POST', body: JSON.stringify(request) });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

const inside = (path: string) => `${container}/${path.replace(/^\/+/, '')}`;

/** The client's own form of a tree: `d` for a folder, `f` with contents `c` for a file. */
interface Tree {
  d: Record<string, Tree | { f: { c: string } }>;
}

function flatten({ d }: Tree, folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, entry] of Object.entries(d))
    if ('d' in entry) Object.assign(files, flatten(entry, `${folder}${name}/`));
    else files[`${folder}${name}`] = entry.f.c;
  return files;
}

interface RunOptions {
  command: string;
  args: string[];
  cwd?: string;
  env?: Record<string, string>;
}

type Output = (bytes: Uint8Array | null) => unknown;

async function run(options: RunOptions, _stdout: unknown, _stderr: unknown, output?: Output) {
  if (faults.spawnError) throw Object.assign(new Error(), faults.spawnError);
  const id = crypto.randomUUID();
  const { command, args, cwd = '', env = {} } = options;
  const response = await ask({ op: 'run', run: id, command, args, cwd: inside(cwd), env });
  const exit = Promise.withResolvers<number>();
  void carry(response, (text) => {
    output?.(encoder.encode(text));
    if (text.includes('started')) raiseErrorEvent();
  }).then(async ({ code, held }) => {
    exit.resolve(code);
    if (faults.outputLateMs) await new Promise((done) => setTimeout(done, faults.outputLateMs));
    for (const text of held) output?.(encoder.encode(text));
    if (!faults.outputStaysOpen) output?.(null);
  });
  return Comlink.proxy({
    get onExit() {
      return exit.promise;
    },
    kill() {
      if (!faults.killIgnored) void ask({ op: 'kill', run: id });
    },
    write() {},
    resize() {},
  });
}

function raiseErrorEvent(): void {
  const { errorEvent } = faults;
  if (errorEvent === null) return;
  // Well after the client has learnt that the process was started.
  setTimeout(() => {
    for (const listener of errorListeners) listener({ message: errorEvent });
  }, 300);
}

/** Passes the output on as it comes, or keeps it where it has to be late. */
async function carry(response: Response, pass: (text: string) => void): Promise<{ code: number; held: string[] }> {
  const held: string[] = [];
  let rest = '';
  for await (const piece of readAll(response)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as HostLine;
      if ('code' in message) return { code: message.code, held };
      if (faults.outputLateMs) held.push(message.out);
      else pass(message.out);
    }
  }
  return { code: 1, held };
}

async function* readAll(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return;
    yield value;
  }
}

const instance = {
  fs: () =>
    Comlink.proxy({
      mkdir: async (path: string) => void (await ask({ op: 'mkdir', path: inside(path) })),
      rm: async (path: string) => void (await ask({ op: 'rm', path: inside(path) })),
      readdir: async (path: string): Promise<string[]> =>
        (await ask({ op: 'readdir', path: inside(path) })).json() as Promise<string[]>,
    }),
  previewScript: () => ({}),
  runtimeInfo: () => ({ path: '/bin:/usr/bin', cwd: '/home/stand-in' }),
  loadFiles: async (payload: Uint8Array, { mountPoints = '' }: { mountPoints?: string }) => {
    const tree = JSON.parse(new TextDecoder().decode(payload)) as Tree;
    await ask({ op: 'write', files: flatten(tree, `${inside(mountPoints)}/`) });
  },
  on: (event: string, listener: (error: { message: string }) => unknown) => {
    if (event === 'error') errorListeners.push(listener);
    return Comlink.proxy(() => {});
  },
  teardown: () => {},
  run,
};

const server = {
  async build() {
    if (faults.buildError) throw Object.assign(new Error(), faults.buildError);
    await ask({ op: 'mkdir', path: inside('') });
    return Comlink.proxy(instance);
  },
};

setTimeout(() => {
  const { port1, port2 } = new MessageChannel();
  Comlink.expose(server, port1);
  parent.postMessage({ type: 'init' }, '*', [port2]);
}, faults.helloAfterMs);
