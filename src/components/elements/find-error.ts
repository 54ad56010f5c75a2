import type { KnownError } from '../../errors/find.ts';
import { format } from './strings.ts';

/** How long a reader must pause before the text is looked up, in milliseconds. */
const pause = 200;

const list = (value: string | undefined) => (value ? value.split('|') : []);
const number = (value: string | undefined) => (value === undefined ? undefined : Number(value));

/** What the search knows of an entry, from its attributes and texts. */
function knownOf(entry: HTMLElement): KnownError {
  const { names, phrases, errno, code, codes, signal } = entry.dataset;
  const [from, to] = list(codes).map(Number);
  return {
    id: entry.id,
    names: list(names),
    phrases: list(phrases),
    texts: [...entry.querySelectorAll('samp')].map(({ textContent }) => textContent),
    errno: number(errno),
    code: number(code),
    codes: from !== undefined && to !== undefined ? [from, to] : undefined,
    signal: number(signal),
    words: entry.textContent,
  };
}

/** The page of errors: shows the entries that fit a pasted message, and opens the one that the address names. Nothing leaves the page. */
class FindError extends HTMLElement {
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #open = () => this.#openTarget();

  connectedCallback(): void {
    addEventListener('hashchange', this.#open);
    // A second press on the same link changes nothing in the address, but the reader wants the entry.
    this.addEventListener('click', ({ target }) => {
      const link = target instanceof Element ? target.closest('a') : null;
      if (link?.hash && link.hash === location.hash) this.#openTarget();
    });
    const form = this.querySelector('form');
    if (form) {
      form.hidden = false;
      form.addEventListener('submit', (event) => event.preventDefault());
      form.addEventListener('input', () => this.#soon());
      // The text is gone only after the event.
      form.addEventListener('reset', () => this.#soon());
      // A browser may keep what was typed before a reload.
      if (this.#typed) this.#soon();
    }
    this.#openTarget();
  }

  disconnectedCallback(): void {
    removeEventListener('hashchange', this.#open);
    clearTimeout(this.#waiting);
  }

  get #typed(): string {
    return this.querySelector('textarea')?.value ?? '';
  }

  get #entries(): HTMLDetailsElement[] {
    return [...this.querySelectorAll<HTMLDetailsElement>('details[data-error]')];
  }

  #soon(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.#find(), pause);
  }

  async #find(): Promise<void> {
    const text = this.#typed;
    const found = this.#part('found');
    const none = this.#part('none');
    if (text.trim() === '') {
      this.#show(undefined);
      if (found) found.hidden = true;
      if (none) none.hidden = true;
      return;
    }
    try {
      const { findErrors } = await import('../../errors/find.ts');
      const ids = findErrors(text, this.#entries.map(knownOf));
      if (text !== this.#typed) return;
      this.#show(ids.length > 0 ? ids : undefined);
      if (none) none.hidden = ids.length > 0;
      if (!found) return;
      found.hidden = ids.length === 0;
      found.replaceChildren(
        format(this.dataset['found'] ?? '', { count: ids.length }),
        ...ids.flatMap((id) => [' ', this.#linkTo(id)]),
      );
    } catch (error) {
      console.error(error);
      if (found) {
        found.hidden = false;
        found.textContent = this.dataset['loadFailed'] ?? '';
      }
    }
  }

  #part(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[role="status"] [data-${name}]`);
  }

  #linkTo(id: string): HTMLAnchorElement {
    const link = document.createElement('a');
    link.href = `#${id}`;
    link.translate = false;
    link.textContent = document.getElementById(id)?.querySelector('h3')?.textContent ?? id;
    return link;
  }

  /** Shows these entries only, the best one open; without any, all of them. */
  #show(ids: readonly string[] | undefined): void {
    this.toggleAttribute('data-filtered', ids !== undefined);
    for (const entry of this.#entries) {
      entry.hidden = ids !== undefined && !ids.includes(entry.id);
      if (ids) entry.open = entry.id === ids[0];
    }
    for (const group of this.querySelectorAll<HTMLElement>('.errors-group'))
      group.hidden = group.querySelector('details[data-error]:not([hidden])') === null;
  }

  #openTarget(): void {
    const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!(entry instanceof HTMLDetailsElement) || !this.contains(entry)) return;
    if (entry.hidden) {
      this.querySelector('form')?.reset();
      this.#show(undefined);
    }
    entry.open = true;
    entry.scrollIntoView();
  }
}

customElements.define('find-error', FindError);
