/**
 * v86 starts a worker out of a `blob:` to be woken in time, because the timers of a page are throttled. In a worker of ours there is no
 * need for another one, and a site's content security policy need not allow `blob:` for it.
 */
export class OwnTimer {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly #channel = new MessageChannel();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    // At once means in the next turn: what the page has sent is read in between.
    this.#channel.port1.onmessage = ({ data }) => this.onmessage?.({ data });
  }

  /** What v86 sends: be woken in `t` milliseconds, and be told `tick`. */
  postMessage({ t, tick }: { t: number; tick: unknown }): void {
    clearTimeout(this.#timer);
    if (t < 1) this.#channel.port2.postMessage(tick);
    else this.#timer = setTimeout(() => this.onmessage?.({ data: tick }), t);
  }

  terminate(): void {
    clearTimeout(this.#timer);
    this.#channel.port1.close();
  }
}
