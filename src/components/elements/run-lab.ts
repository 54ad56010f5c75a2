/**
 * `<run-lab>`: shows itself, and where the site has no image the line that says how to get it. Everything else is loaded at the first
 * press of a button.
 */
import { imageFolder, servedManifest } from '../../runtime/linux-vm/availability.ts';
import type { ImageManifest } from '../../runtime/linux-vm/image.ts';
import type { Session } from './run-lab-session.ts';

/** `npm start` builds the image in the background, and then it is there. */
const lookAgainMs = 10_000;

/** One question a page, whatever the number of labs; asked again only where the answer was no. */
let asked: Promise<ImageManifest | undefined> | undefined;
function manifestOf(base: string): Promise<ImageManifest | undefined> {
  asked ??= servedManifest(imageFolder(base)).then((manifest) => {
    if (!manifest) asked = undefined;
    return manifest;
  });
  return asked;
}

class RunLab extends HTMLElement {
  #session: Promise<Session> | undefined;
  #upgraded = false;

  connectedCallback(): void {
    // Moving the element in the page connects it again; its state stays.
    if (this.#upgraded) return;
    this.#upgraded = true;
    this.hidden = false;
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action]') : null;
      if (button) void this.#act(button.dataset['action'] ?? '');
    });
    // Only where a reader comes near: most never press the button.
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        near.disconnect();
        void this.#look();
      },
      { rootMargin: '600px' },
    );
    near.observe(this);
  }

  async #look(): Promise<void> {
    const there = (await manifestOf(this.dataset['base'] ?? '/')) !== undefined;
    this.#part('no-image').hidden = there;
    this.#part('offer').hidden = !there;
    if (import.meta.env.PUBLIC_LOCAL_RUNNER && !there && this.isConnected)
      setTimeout(() => void this.#look(), lookAgainMs);
  }

  async #act(action: string): Promise<void> {
    try {
      const base = this.dataset['base'] ?? '/';
      const manifest = await manifestOf(base);
      if (!manifest) {
        await this.#look();
        return;
      }
      this.#session ??= import('./run-lab-session.ts').then(({ openSession }) =>
        openSession(this, imageFolder(base), manifest),
      );
      await (await this.#session).act(action);
    } catch (error) {
      this.#session = undefined;
      console.error(error);
      this.#part('status').textContent = this.dataset['loadFailed'] ?? '';
    }
  }

  #part(name: string): HTMLElement {
    const found = this.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!found) throw new Error(`<run-lab> has no part "${name}"`);
    return found;
  }
}

if (!customElements.get('run-lab')) customElements.define('run-lab', RunLab);
