/** The server behind `npm start`, told to make the Linux image, in a process and with an image folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');

export class LinuxServer {
  readonly #base = mkdtempSync(join(tmpdir(), 'linux-server-'));
  /** Parent of the image and of what a build leaves beside it. */
  readonly cache = join(this.#base, 'cache');
  readonly image = join(this.cache, 'image');
  said = '';
  child: ChildProcess | undefined;
  url = '';

  constructor() {
    mkdirSync(this.image, { recursive: true });
    mkdirSync(join(this.#base, 'site'));
    writeFileSync(join(this.#base, 'site/index.html'), '<!doctype html><title>page</title>');
  }

  /** @param environment what is different for it */
  async start(environment: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const port = String(20_000 + (process.pid % 20_000));
    const argv = ['server/main.ts', '--linux', '--port', port, '--folder', join(this.#base, 'site')];
    const child = spawn(process.execPath, argv, {
      cwd: root,
      // As from tools/start.mjs: the channel tells that the parent has gone.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, LC_ALL: 'C.UTF-8', LINUX_IMAGE_FOLDER: this.image, ...environment },
    });
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      this.said += piece;
    });
    this.url = `http://localhost:${(await this.line(/localhost:(\d+)\//))[1]}`;
    return child;
  }

  /** Waits until the server has said it. */
  async line(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + timeoutMs; ; await pause(50)) {
      const found = pattern.exec(this.said);
      if (found) return found;
      if (Date.now() > end || this.child?.exitCode !== null) throw new Error(`it did not say ${pattern}: ${this.said}`);
    }
  }

  /** Processes that work for this server's image, whoever their parent is: it is in their environment. */
  builders(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== this.child?.pid)
      .filter((name) => {
        try {
          return readFileSync(`/proc/${name}/environ`, 'utf8').includes(this.image);
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  /** Waits until a program of apt works, which is in the middle of a build. */
  async fetching(): Promise<void> {
    const isApt = (pid: number) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('apt-get');
      } catch {
        return false;
      }
    };
    for (const end = Date.now() + 30_000; !this.builders().some(isApt); await pause(50))
      if (Date.now() > end) throw new Error(`no apt-get was started: ${this.said}`);
  }

  /** What lies in the folder of the image and beside it, sorted. */
  left(): string[] {
    return readdirSync(this.cache, { recursive: true, encoding: 'utf8' }).sort();
  }

  async end(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 5 });
  }
}
