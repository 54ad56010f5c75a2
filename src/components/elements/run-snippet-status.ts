/** The line beside the buttons: what is going on, in words, and how long it has taken. And which of Run and Stop can be pressed. */
import type { Phase } from '../../runtime/contract.ts';
import { part } from './run-snippet-data.ts';
import { seconds } from './run-snippet-words.ts';
import type { Translate } from './strings.ts';

export class Status {
  readonly #host: HTMLElement;
  readonly #t: Translate;
  readonly #text: HTMLElement;
  readonly #elapsed: HTMLElement;
  readonly #run: HTMLElement;
  readonly #stop: HTMLElement;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(host: HTMLElement, t: Translate) {
    this.#host = host;
    this.#t = t;
    this.#text = part(host, 'status');
    this.#elapsed = part(host, 'elapsed');
    this.#run = button(host, 'run');
    this.#stop = button(host, 'stop');
  }

  /** A sentence; screen readers read it when they are done with what they are reading. */
  say(sentence: string): void {
    this.#text.textContent = sentence;
  }

  phase(phase: Phase): void {
    const words = this.#t(`runtime.phase.${phase}`);
    if (this.#text.textContent !== words) this.say(words);
  }

  /**
   * Run keeps its place and the focus, but does nothing until the end; Stop stands right behind it, one Tab away. A button that turned
   * into Stop under the finger would stop the run at a double click.
   */
  started(): void {
    this.#host.toggleAttribute('data-running', true);
    this.#run.setAttribute('aria-disabled', 'true');
    this.#stop.hidden = false;
    const start = performance.now();
    const tick = () => {
      this.#elapsed.textContent = this.#t('snippet.elapsed', { seconds: seconds(performance.now() - start) });
    };
    tick();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#ticking = setInterval(tick, calm ? 1000 : 100);
  }

  focusRun(): void {
    this.#run.focus();
  }

  ended(): void {
    clearInterval(this.#ticking);
    this.#host.toggleAttribute('data-running', false);
    this.#elapsed.textContent = '';
    this.#run.removeAttribute('aria-disabled');
    if (this.#stop.contains(document.activeElement)) this.#run.focus();
    this.#stop.hidden = true;
  }
}

function button(host: HTMLElement, action: string): HTMLElement {
  const found = host.querySelector<HTMLElement>(`[data-action="${action}"]`);
  if (!found) throw new Error(`<run-snippet> has no button "${action}"`);
  return found;
}
