/**
 * A Chromium driven over the DevTools protocol alone. Playwright takes the death of one frame's process for the death of its page and
 * gives the page up, which is the very thing that these tests have to look at: a page that lives on after its frame has died.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { launchOptions } from './chromium.ts';

interface Answer {
  id?: number;
  method?: string;
  sessionId?: string;
  result?: Record<string, unknown>;
  error?: { message: string };
}

export class BareChromium {
  readonly #socket: WebSocket;
  readonly #end: () => Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  readonly #events = new Map<string, PromiseWithResolvers<true>>();
  #asked = 0;
  #session = '';

  private constructor(socket: WebSocket, end: () => Promise<void>) {
    this.#socket = socket;
    this.#end = end;
    socket.addEventListener('message', ({ data }) => {
      const { id, method, sessionId, result, error } = JSON.parse(String(data)) as Answer;
      if (method) this.#events.get(`${sessionId} ${method}`)?.resolve(true);
      const waiting = this.#waiting.get(id ?? 0);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result ?? {});
    });
  }

  static async start(): Promise<BareChromium> {
    const { executablePath = chromium.executablePath(), args = [] } = await launchOptions({ network: false });
    const profile = await mkdtemp(join(tmpdir(), 'bare-chromium-'));
    const flags = [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--no-first-run',
      ...args,
    ];
    const process = spawn(executablePath, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      process.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        if (found) resolve(found);
      });
      process.once('exit', () => reject(new Error(`Chromium did not start:\n${said}`)));
    });
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const gone = new Promise((resolve) => process.once('exit', resolve));
    return new BareChromium(socket, async () => {
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });
  }

  /** @param early source that runs before any script of the page, in the page and in its frames of the same site */
  async open(url: string, early: string): Promise<void> {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    this.#session = await this.#attach(String(targetId));
    await this.#send('Page.enable', {}, this.#session);
    await this.#send('Page.addScriptToEvaluateOnNewDocument', { source: early }, this.#session);
    await this.#send('Page.navigate', { url }, this.#session);
  }

  /** Calls a function in the page, with one argument that JSON can carry. */
  async evaluate<T, A = null>(call: (argument: A) => T | Promise<T>, argument?: A): Promise<T> {
    const answer = await this.#send(
      'Runtime.evaluate',
      { expression: `(${call})(${JSON.stringify(argument ?? null)})`, awaitPromise: true, returnByValue: true },
      this.#session,
    );
    const { result, exceptionDetails } = answer as {
      result: { value: T };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Ends the renderer process of a frame of another site, as running out of memory does. */
  async crashFrame(origin: string): Promise<void> {
    const { targetInfos } = (await this.#send('Target.getTargets')) as {
      targetInfos: { targetId: string; type: string; url: string }[];
    };
    const frame = targetInfos.find(({ type, url }) => type === 'iframe' && url.startsWith(origin));
    if (!frame) throw new Error(`no frame of ${origin} has a process of its own`);
    const session = await this.#attach(frame.targetId);
    // The command's own answer dies with the process, and now and then the command is not carried out: only the event proves the death.
    for (let attempt = 0; attempt < 5; attempt++) {
      const died = this.#event('Inspector.targetCrashed', session);
      this.#send('Page.crash', {}, session).catch(() => {});
      if (await Promise.race([died, pause(2_000, false)])) return;
    }
    throw new Error(`the frame of ${origin} does not die`);
  }

  async close(): Promise<void> {
    await this.#send('Browser.close');
    await this.#end();
  }

  async #attach(targetId: string): Promise<string> {
    return String((await this.#send('Target.attachToTarget', { targetId, flatten: true })).sessionId);
  }

  #event(method: string, sessionId: string): Promise<true> {
    const event = Promise.withResolvers<true>();
    this.#events.set(`${sessionId} ${method}`, event);
    return event.promise;
  }

  #send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const answer = Promise.withResolvers<Record<string, unknown>>();
    const id = ++this.#asked;
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    return answer.promise;
  }
}
