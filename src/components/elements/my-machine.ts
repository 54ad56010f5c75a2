import { loadMachine, onMachineChange } from './my-machine-store.ts';

/** Above this a file is not even read: the parser refuses such texts, and a textarea of that size would stall the page. */
const largestFile = 1_048_576;

/**
 * The form that compares a reader's machine with the recorded ones. Parser and words are loaded at the first use, or at once where a
 * machine is kept already. Pasted text reaches the page through `textContent` only, stays in its box, and leaves the page never.
 */
class MyMachine extends HTMLElement {
  #form: HTMLFormElement | null = null;
  #stopListening: (() => void) | undefined;
  /** A change of our own is shown by the one who made it. */
  #own = false;

  connectedCallback(): void {
    this.#form = this.querySelector('form');
    if (!this.#form) return;
    this.#form.hidden = false;
    this.querySelector('[data-without-script]')?.remove();
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#compare(this.#text?.value ?? '');
    });
    this.#form.addEventListener('reset', () => void this.#show('clear'));
    this.querySelector('input[type="file"]')?.addEventListener('change', ({ currentTarget }) => {
      const input = currentTarget as HTMLInputElement;
      void this.#read(input.files?.[0]);
      // Or choosing the same file again, after another run, would be no change.
      input.value = '';
    });
    // A box with millions of characters stalls the page, so a paste of that size does not even get into it.
    this.#form.addEventListener('paste', (event) => {
      if ((event.clipboardData?.getData('text/plain').length ?? 0) <= largestFile) return;
      event.preventDefault();
      void this.#compare(undefined);
    });
    // Without this a dropped file would replace the page, and the work of the reader with it.
    this.#form.addEventListener('dragover', (event) => event.preventDefault());
    this.#form.addEventListener('drop', (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void this.#read(file);
    });
    this.#stopListening = onMachineChange(() => this.#own || void this.#show('changed'));
    const { machine, movedAside } = loadMachine();
    if (machine || movedAside) void this.#show('opened', movedAside);
  }

  disconnectedCallback(): void {
    this.#stopListening?.();
  }

  get #text(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  async #read(file: File | undefined): Promise<void> {
    if (!file || !this.#text) return;
    if (file.size > largestFile) return this.#compare(undefined);
    // A folder, or a file that has gone: the answer to an empty text says what to paste.
    this.#text.value = await file.text().catch(() => '');
    await this.#compare(this.#text.value);
  }

  /** @param text undefined for a file that was too large to be read */
  async #compare(text: string | undefined): Promise<void> {
    await this.#view(({ compare }) => {
      this.#own = true;
      try {
        return compare(this, text);
      } finally {
        this.#own = false;
      }
    });
  }

  async #show(why: 'opened' | 'changed' | 'clear', movedAside = false): Promise<void> {
    await this.#view(({ showKept }) => showKept(this, why, movedAside));
  }

  async #view(use: (view: Awaited<ReturnType<typeof loadView>>) => void): Promise<void> {
    try {
      use(await loadView());
    } catch (error) {
      console.error(error);
      const status = this.querySelector('[role="status"]');
      status?.classList.remove('sr-only');
      if (status) status.textContent = this.dataset['loadFailed'] ?? '';
    }
  }
}

async function loadView() {
  const [view, { loadStrings }] = await Promise.all([import('./my-machine-view.ts'), import('./strings.ts')]);
  return view.machineView(await loadStrings());
}

customElements.define('my-machine', MyMachine);
