/**
 * `<run-snippet>`: shows its buttons once they work, and loads everything else on the first use of one. Until then the page carries
 * only this file. What was edited in this tab survives a reload, so a draft loads the rest at once.
 */
import type { Session } from './run-snippet-session.ts';

/** Where a tab keeps edits (one entry a snippet) and the chosen backend. */
export const draftKey = (id: string) => `snippet-draft:${id}`;
export const backendKey = 'snippet-backend';

class RunSnippet extends HTMLElement {
  #session: Promise<Session> | undefined;
  #upgraded = false;

  connectedCallback(): void {
    // Moving the element in the page connects it again; its state stays.
    if (this.#upgraded) return;
    this.#upgraded = true;
    for (const live of this.querySelectorAll<HTMLElement>('[data-live]')) live.hidden = false;
    // Expressive Code makes a region of each block that scrolls; a region needs a name of its own.
    for (const block of this.querySelectorAll('[data-label] pre'))
      block.setAttribute('aria-label', block.closest<HTMLElement>('[data-label]')?.dataset['label'] ?? '');
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action]') : null;
      if (button) void this.#use((session) => session.act(button.dataset['action'] ?? '', button));
    });
    this.addEventListener('input', (event) => {
      if (event.target instanceof Element && event.target.closest('[data-control]'))
        void this.#use((session) => session.controlsChanged());
    });
    // Opening "where it runs" is the moment to ask which backends there are. `toggle` does not bubble.
    this.addEventListener(
      'toggle',
      (event) => {
        const details = event.target;
        if (details instanceof HTMLDetailsElement && details.open && details.querySelector('[data-part="backends"]'))
          void this.#use((session) => session.showBackends());
      },
      true,
    );
    if (remembered(draftKey(this.dataset['snippet'] ?? '')) || remembered(backendKey)) void this.#use(() => {});
  }

  async #use(what: (session: Session) => void | Promise<void>): Promise<void> {
    try {
      this.#session ??= import('./run-snippet-session.ts').then(({ openSession }) => openSession(this));
      await what(await this.#session);
    } catch (error) {
      this.#session = undefined;
      console.error(error);
      const status = this.querySelector('[data-part="status"]');
      if (status) status.textContent = this.dataset['loadFailed'] ?? '';
      // The sentence points at the recording.
      this.querySelector('details[data-part="recordings"]')?.setAttribute('open', '');
    }
  }
}

/** A tab's storage may be switched off, which throws. */
function remembered(key: string): boolean {
  try {
    return sessionStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

if (!customElements.get('run-snippet')) customElements.define('run-snippet', RunSnippet);
