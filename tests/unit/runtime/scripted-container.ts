/** A container that does what a test tells it, in place of the vendor's client: `loadApi` is the only seam of the WebContainer runtime. */
import type { Api, Container, ContainerProcess, LoadApi, Trouble } from '../../../src/runtime/webcontainer/api.ts';
import type { BrowserFacts } from '../../../src/runtime/webcontainer/availability.ts';
import type { Holder, TabLock } from '../../../src/runtime/webcontainer/tab-lock.ts';

export const goodBrowser: BrowserFacts = {
  isSecureContext: true,
  crossOriginIsolated: true,
  SharedArrayBuffer: class {},
  WebAssembly: {},
  navigator: {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
    maxTouchPoints: 0,
    onLine: true,
    locks: {},
  },
};

export class ScriptedProcess implements ContainerProcess {
  readonly #exit = Promise.withResolvers<number>();
  readonly exit = this.#exit.promise;
  readonly output: ReadableStream<string>;
  #controller: ReadableStreamDefaultController<string> | null = null;
  kills = 0;
  /** What a kill does; a test may make it do nothing. */
  onKill = () => this.end(143);

  constructor() {
    this.output = new ReadableStream<string>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = null;
      },
    });
  }

  /** Whether somebody still reads. */
  get read(): boolean {
    return this.#controller !== null;
  }

  print(text: string): void {
    this.#controller?.enqueue(text);
  }

  end(code: number): void {
    this.#exit.resolve(code);
  }

  kill(): void {
    this.kills++;
    this.onKill();
  }
}

export class ScriptedContainer implements Container {
  readonly mounts: { files: unknown; mountPoint: string | undefined }[] = [];
  readonly spawns: { command: string; args: string[]; cwd: string; env: Record<string, string> }[] = [];
  readonly removed: string[] = [];
  readonly processes: ScriptedProcess[] = [];
  /** False: questions to the file system stay without an answer, as when the host's process has died. */
  alive = true;
  pings = 0;
  /** What `node --version` prints; null for nothing. */
  version: string | null = 'v22.22.3';
  #onError: (error: { message: string }) => void = () => {};

  readonly fs = {
    mkdir: () => this.#answer(undefined),
    readdir: () => {
      this.pings++;
      return this.#answer([] as string[]);
    },
    rm: (path: string) => {
      this.removed.push(path);
      return this.#answer(undefined);
    },
  } as unknown as Container['fs'];

  mount: Container['mount'] = (files, options) => {
    this.mounts.push({ files, mountPoint: options?.mountPoint });
    return this.#answer(undefined);
  };

  async spawn(command: string, args: string[], options: { cwd: string; env: Record<string, string> }) {
    const process = new ScriptedProcess();
    if (args[0] === '--version') {
      if (this.version) process.print(`${this.version}\r\n`);
      return process;
    }
    this.spawns.push({ command, args, ...options });
    this.processes.push(process);
    return process;
  }

  on(_event: 'error', listener: (error: { message: string }) => void): () => void {
    this.#onError = listener;
    return () => {};
  }

  fail(message: string): void {
    this.#onError({ message });
  }

  #answer<T>(value: T): Promise<T> {
    return this.alive ? Promise.resolve(value) : new Promise(() => {});
  }
}

/** One frame of the script. */
export class ScriptedApi implements Api {
  readonly booting = Promise.withResolvers<Container>();
  boots = 0;
  reloads = 0;
  disposed = false;
  readonly tell: (trouble: Trouble) => void;

  constructor(tell: (trouble: Trouble) => void) {
    this.tell = tell;
  }

  boot(): Promise<Container> {
    this.boots++;
    return this.booting.promise;
  }

  reload(): void {
    this.reloads++;
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** Hands out frames and keeps them; `onLoad` may let each boot at once. */
export function scriptedLoader(onLoad: (api: ScriptedApi) => void = () => {}): {
  loadApi: LoadApi;
  apis: ScriptedApi[];
} {
  const apis: ScriptedApi[] = [];
  return {
    apis,
    loadApi: async (tell) => {
      const api = new ScriptedApi(tell);
      apis.push(api);
      onLoad(api);
      return api;
    },
  };
}

/** The lock between tabs, as one tab sees it. */
export class ScriptedLock implements TabLock {
  readonly holder: Holder;
  busyElsewhere = false;
  held = false;

  constructor(holder: Holder) {
    this.holder = holder;
  }

  async usedElsewhere(): Promise<boolean> {
    return this.busyElsewhere;
  }

  async acquire(): Promise<boolean> {
    this.held = !this.busyElsewhere;
    return this.held;
  }

  release(): void {
    this.held = false;
  }

  dispose(): void {
    this.held = false;
  }
}
