/** How long a reader must pause before the lines are judged again, in milliseconds: a verdict on half a word only disturbs. */
const pause = 350;

/** The limits.conf exercise: says again what becomes of each line whenever the text changes. The linter is loaded at the first change. */
class LintLimitsConf extends HTMLElement {
  #waiting: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    const form = this.querySelector('form');
    if (!form) return;
    form.hidden = false;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => this.#soon());
    // The text is back only after the event.
    form.addEventListener('reset', () => this.#soon());
  }

  disconnectedCallback(): void {
    clearTimeout(this.#waiting);
  }

  #soon(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.#lint(), pause);
  }

  async #lint(): Promise<void> {
    try {
      const { showFindings } = await import('./lint-limits-conf-view.ts');
      await showFindings(this, this.querySelector('textarea')?.value ?? '');
    } catch (error) {
      console.error(error);
      const status = this.querySelector('[data-tally]');
      if (status) status.textContent = this.dataset['loadFailed'] ?? '';
    }
  }
}

customElements.define('lint-limits-conf', LintLimitsConf);
