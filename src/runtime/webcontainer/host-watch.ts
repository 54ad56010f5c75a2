/**
 * Watches the hidden frame in which the vendor's client loads its host page, while a boot is pending. The client itself never says that
 * this failed. What a page can learn about a frame of another origin, measured in Chromium 156:
 *
 * - a blocked address: a `securitypolicyviolation` event, exact and at once;
 * - an answer that is no runtime page (a 404 comes without the headers that embedding needs): a `coep` report with the address, so the
 *   host was reached and refused this site. Browsers without such reports fall through to the deadline;
 * - no answer: the frame fires `load` all the same, for the browser's error page. One more request tells this from a slow start: it fails
 *   too, and no report says that an answer was there.
 *
 * A host that answers with every header and then stays silent cannot be told from a slow one: only the deadline ends that.
 */
import type { Trouble } from './api.ts';
import { engineOf } from './availability.ts';

/** A host page says hello within moments of its load event; only then is it worth a question. */
const graceAfterLoadMs = 3_000;
const reportDelayMs = 500;

/** The part of a `coep` report that is used. Chromium shows the body's fields in its JSON form only. */
interface EmbedderReport {
  type: string;
  body: { toJSON(): { blockedURL?: string; destination?: string; disposition?: string } } | null;
}

export class HostWatch {
  readonly #onTrouble: (trouble: Trouble) => void;
  readonly #stopped: AbortController[] = [];
  #frame: HTMLIFrameElement | null = null;
  /** What was answered and withheld: the frame's page, or the question whether anybody is there. */
  #withheld = { frame: false, question: false };

  constructor(onTrouble: (trouble: Trouble) => void) {
    this.#onTrouble = onTrouble;
  }

  /** Call before the client's `boot`, which appends its frame to the body. */
  start(): void {
    const stop = new AbortController();
    this.#stopped.push(stop);
    const appended = new MutationObserver(() => {
      const frame = document.body.querySelector('iframe');
      if (!frame || this.#frame === frame) return;
      this.#frame = frame;
      frame.addEventListener('load', () => void this.#loaded(stop.signal), { signal: stop.signal });
    });
    appended.observe(document.body, { childList: true });
    document.addEventListener('securitypolicyviolation', (event) => this.#onViolation(event), { signal: stop.signal });
    const reports = this.#watchReports();
    stop.signal.addEventListener('abort', () => {
      appended.disconnect();
      reports?.disconnect();
    });
  }

  stop(): void {
    for (const stop of this.#stopped.splice(0)) stop.abort();
  }

  /** Loads the host page again, under the same pending boot. */
  reload(): void {
    if (!this.#frame) return;
    this.#withheld = { frame: false, question: false };
    const { src } = this.#frame;
    this.#frame.src = src;
  }

  get #host(): string {
    return this.#frame ? new URL(this.#frame.src).origin : '';
  }

  #onViolation({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void {
    if (!/^(?:frame|child|default)-src/.test(effectiveDirective)) return;
    this.#onTrouble({ cause: 'content-policy', message: `${effectiveDirective} blocks ${blockedURI}` });
  }

  #watchReports(): ReportingObserver | null {
    if (typeof ReportingObserver === 'undefined') return null;
    const observer = new ReportingObserver(
      (reports) => {
        for (const { type, body } of reports as unknown as EmbedderReport[]) {
          const { blockedURL, destination, disposition } = (type === 'coep' && body?.toJSON()) || {};
          if (disposition !== 'enforce' || !this.#host || !blockedURL?.startsWith(this.#host)) continue;
          if (destination !== 'iframe') {
            this.#withheld.question = true;
            continue;
          }
          this.#withheld.frame = true;
          const message = `${this.#host} answered with a page that may not be embedded: it does so for sites it does not know`;
          this.#onTrouble({ cause: 'site-not-enabled', message });
        }
      },
      { buffered: true },
    );
    observer.observe();
    return observer;
  }

  async #loaded(signal: AbortSignal): Promise<void> {
    const over = () => signal.aborted || this.#withheld.frame;
    await new Promise((resolve) => setTimeout(resolve, navigator.onLine ? graceAfterLoadMs : 0));
    if (over() || (navigator.onLine && (await this.#answers()) !== false) || over()) return;
    const message = `${this.#host} cannot be reached, or something on the way blocks it`;
    this.#onTrouble({ cause: 'offline-or-blocked', message });
  }

  /** Whether the host sends any answer at all; null where this browser cannot tell an answer that it withholds from none. */
  async #answers(): Promise<boolean | null> {
    let blockedHere = false;
    const onViolation = () => {
      blockedHere = true;
    };
    document.addEventListener('securitypolicyviolation', onViolation);
    try {
      await fetch(`${this.#host}/headless`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store' });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, reportDelayMs));
      // Only of Chromium it is known that it reports what it withholds.
      const reports = engineOf(navigator.userAgent) === 'v8' && typeof ReportingObserver !== 'undefined';
      return blockedHere || !reports ? null : this.#withheld.question;
    } finally {
      document.removeEventListener('securitypolicyviolation', onViolation);
    }
  }
}
