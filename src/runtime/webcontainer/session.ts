/** One frame and the one boot in it, from loading to being thrown away. */
import type { FailureCause, Phase } from '../contract.ts';
import { RuntimeFailure } from '../contract.ts';
import type { Api, Container, LoadApi, Trouble } from './api.ts';
import { causeOf, messageOf } from './diagnosis.ts';
import type { Timings } from './timings.ts';
import { aborted, late, within } from './waiting.ts';

export class Session {
  readonly #loadApi: LoadApi;
  readonly #timings: Timings;
  readonly #listeners = new Set<(trouble: Trouble) => void>();
  #loading: Promise<Api> | null = null;
  #api: Api | null = null;
  #booting: Promise<Container> | null = null;
  #container: Container | null = null;
  #disposed = false;

  constructor(loadApi: LoadApi, timings: Timings) {
    this.#loadApi = loadApi;
    this.#timings = timings;
  }

  get container(): Container | null {
    return this.#container;
  }

  /** Whether another attempt can wait for the same boot: it is pending still, and only its host page has to be loaded again. */
  get canRetry(): boolean {
    return this.#booting !== null && this.#container === null && !this.#disposed;
  }

  /** Called with what goes wrong, until the returned function is called. */
  onTrouble(listener: (trouble: Trouble) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * One attempt to get a container, within `timings.boot`. Rejects with a `RuntimeFailure`, or with the signal's reason.
   * A second attempt after a failed one loads the host page again, under the boot that is still pending.
   */
  async boot(onPhase: (phase: Phase) => void, signal: AbortSignal): Promise<Container> {
    const trouble = Promise.withResolvers<never>();
    trouble.promise.catch(() => {});
    const unsubscribe = this.onTrouble(({ cause, message }) => trouble.reject(bootFailure(cause, message)));
    const slow = setTimeout(() => onPhase('boot-slow'), this.#timings.bootSlow);
    try {
      const container = await within(
        this.#timings.boot,
        Promise.race([this.#attempt(onPhase), trouble.promise]),
        signal,
      );
      if (container === aborted) throw signal.reason;
      if (container === late) {
        const message = `no container after ${this.#timings.boot} ms`;
        throw bootFailure('offline-or-blocked', message);
      }
      return container;
    } finally {
      clearTimeout(slow);
      unsubscribe();
    }
  }

  dispose(): void {
    this.#disposed = true;
    // Promises of the frame do not settle any more: a program that still runs has to hear it from here.
    this.#tell({ cause: 'lost', message: 'the container was thrown away' });
    this.#listeners.clear();
    this.#api?.dispose();
    this.#api = null;
    this.#container = null;
  }

  async #attempt(onPhase: (phase: Phase) => void): Promise<Container> {
    onPhase('loading-runtime');
    const api = await this.#load();
    onPhase('booting');
    if (this.#booting) api.reload();
    else this.#booting = api.boot();
    try {
      const container = await this.#booting;
      if (this.#container === null && !this.#disposed) this.#keep(container);
      return container;
    } catch (error) {
      this.#booting = null;
      throw bootFailure(causeOf(error), messageOf(error));
    }
  }

  async #load(): Promise<Api> {
    this.#loading ??= this.#loadApi((trouble) => this.#tell(trouble));
    try {
      const api = await this.#loading;
      // The frame arrived after it had been given up.
      if (this.#disposed) api.dispose();
      else this.#api = api;
      return api;
    } catch (error) {
      this.#loading = null;
      throw bootFailure('offline-or-blocked', messageOf(error));
    }
  }

  #keep(container: Container): void {
    this.#container = container;
    container.on('error', (error) => {
      const cause = causeOf(error);
      this.#tell({ cause, message: messageOf(error) });
    });
  }

  #tell(trouble: Trouble): void {
    for (const listener of this.#listeners) listener(trouble);
  }
}

export function bootFailure(cause: FailureCause, message: string): RuntimeFailure {
  const retry = cause === 'not-isolated' ? 'reload' : 'same-page';
  return new RuntimeFailure({ outcome: 'failed', stage: 'boot', cause, message, retry });
}
