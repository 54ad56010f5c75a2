/** Above this a file is not even read: the checker refuses such texts, and a textarea of that size would stall the page. */
const largestFile = 1_048_576;

/**
 * The form that judges a reader's output of a lab. The checker and the words of a verdict are loaded at the first use. Pasted text
 * reaches the page through `textContent` only, and leaves it never.
 */
class CheckOutput extends HTMLElement {
  #form: HTMLFormElement | null = null;

  connectedCallback(): void {
    this.#form = this.querySelector('form');
    if (!this.#form) return;
    this.#form.hidden = false;
    this.querySelector('[data-without-script]')?.remove();
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#check();
    });
    this.#form.addEventListener('reset', () => this.#clear());
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
      void this.#check(true);
    });
    // Without this a dropped file would replace the page, and the work of the reader with it.
    this.#form.addEventListener('dragover', (event) => event.preventDefault());
    this.#form.addEventListener('drop', (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void this.#read(file);
    });
  }

  get #text(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  async #read(file: File | undefined): Promise<void> {
    if (!file || !this.#text) return;
    const tooLarge = file.size > largestFile;
    // A folder, or a file that has gone: the verdict on an empty text says what to paste. What was pasted before stays where the file
    // is not read.
    if (!tooLarge) this.#text.value = await file.text().catch(() => '');
    await this.#check(tooLarge);
  }

  async #check(tooLarge = false): Promise<void> {
    const status = this.querySelector('[role="status"]');
    // The verdict says it to the eye; only where there is none does this line have to.
    status?.classList.add('sr-only');
    try {
      const { check } = await import('./check-output-verdict.ts');
      await check(this, tooLarge ? undefined : (this.#text?.value ?? ''));
    } catch (error) {
      console.error(error);
      status?.classList.remove('sr-only');
      if (status) status.textContent = this.dataset['loadFailed'] ?? '';
    }
  }

  #clear(): void {
    const verdict = this.querySelector<HTMLElement>('.verdict');
    const status = this.querySelector('[role="status"]');
    if (verdict) verdict.hidden = true;
    verdict?.replaceChildren();
    if (status) status.textContent = '';
    this.#text?.removeAttribute('aria-invalid');
    this.#text?.focus();
  }
}

customElements.define('check-output', CheckOutput);
