/**
 * One container per browser, not per tab: each costs hundreds of megabytes. The tab that has one holds a Web Lock, which goes with the
 * tab, however it ends. Another tab asks for it over a `BroadcastChannel`: an idle holder lets go, a busy one says so, and one that does
 * not answer (frozen in the background) has it taken away.
 */
import { aborted, late, within } from './waiting.ts';

type Message = { type: 'who-is-busy' | 'let-go' | 'busy' | 'idle' };

export interface Holder {
  /** Whether a program is running. */
  isBusy(): boolean;
  /** The lock goes to another tab: forget the container. */
  onTaken(): void;
}

export interface TabLock {
  /** Whether another tab is using its container right now. */
  usedElsewhere(): Promise<boolean>;
  /** True once this tab holds the lock; false when another tab is busy, or when the signal is aborted. */
  acquire(signal?: AbortSignal): Promise<boolean>;
  release(): void;
  dispose(): void;
}

const name = 'webcontainer';

export class BrowserTabLock implements TabLock {
  readonly #holder: Holder;
  readonly #answerMs: number;
  readonly #channel = new BroadcastChannel(name);
  #release: (() => void) | null = null;
  #acquiring: Promise<boolean> = Promise.resolve(false);

  /** @param answerMs how long another tab may take to answer */
  constructor(holder: Holder, answerMs: number) {
    this.#holder = holder;
    this.#answerMs = answerMs;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#hear(data.type));
  }

  async usedElsewhere(): Promise<boolean> {
    if (this.#release) return false;
    const { held } = await navigator.locks.query();
    if (!held?.some((lock) => lock.name === name)) return false;
    return (await this.#ask('who-is-busy')) === 'busy';
  }

  acquire(signal?: AbortSignal): Promise<boolean> {
    // One after the other: a second request would take the first one for another tab.
    this.#acquiring = this.#acquiring.then(() => this.#acquire(signal));
    return this.#acquiring;
  }

  async #acquire(signal?: AbortSignal): Promise<boolean> {
    if (this.#release || (await this.#request({ ifAvailable: true }))) return true;
    if ((await this.#ask('let-go')) === 'busy' || signal?.aborted) return false;
    // The holder lets go after its answer: wait for that a moment, and take the lock from one that does not.
    const patience = AbortSignal.timeout(this.#answerMs);
    if (await this.#request({ signal: patience })) return true;
    return !signal?.aborted && this.#request({ steal: true });
  }

  release(): void {
    this.#release?.();
    this.#release = null;
  }

  dispose(): void {
    this.release();
    this.#channel.close();
  }

  /** Resolves when the lock is granted (true) or refused (false), and keeps it until `release`. */
  #request(options: LockOptions): Promise<boolean> {
    const answer = Promise.withResolvers<boolean>();
    const hold = navigator.locks.request(name, options, (lock) => {
      answer.resolve(lock !== null);
      if (!lock) return undefined;
      return new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    });
    // Rejects when the wait was given up, and when another tab takes a lock that is held.
    hold.catch(() => {
      answer.resolve(false);
      if (this.#release) {
        this.#release = null;
        this.#holder.onTaken();
      }
    });
    return answer.promise;
  }

  async #ask(type: 'who-is-busy' | 'let-go'): Promise<'busy' | 'idle' | null> {
    const answer = Promise.withResolvers<'busy' | 'idle'>();
    const channel = new BroadcastChannel(name);
    channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if (data.type === 'busy' || data.type === 'idle') answer.resolve(data.type);
    });
    channel.postMessage({ type } satisfies Message);
    const heard = await within(this.#answerMs, answer.promise);
    channel.close();
    return heard === late || heard === aborted ? null : heard;
  }

  #hear(type: Message['type']): void {
    if (!this.#release || (type !== 'who-is-busy' && type !== 'let-go')) return;
    const busy = this.#holder.isBusy();
    this.#channel.postMessage({ type: busy ? 'busy' : 'idle' } satisfies Message);
    if (busy || type !== 'let-go') return;
    this.release();
    this.#holder.onTaken();
  }
}
