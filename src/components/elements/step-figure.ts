/**
 * `<step-figure>`: shows its buttons, and loads the figure's drawing at the first press. The sentence of each step stands in the page
 * already, in the list "in words"; this element only copies it to where it is read out.
 */
class StepFigureElement extends HTMLElement {
  #at = 0;
  #upgraded = false;

  connectedCallback(): void {
    if (this.#upgraded) return;
    this.#upgraded = true;
    this.querySelector('[data-live]')?.removeAttribute('hidden');
    this.addEventListener('click', ({ target }) => {
      const wish = target instanceof Element && target.closest<HTMLElement>('[data-step]')?.dataset['step'];
      if (wish) void this.#go(wish === 'reset' ? 0 : this.#at + Number(wish));
    });
    this.addEventListener('keydown', (event) => {
      // With Alt or Ctrl the arrows belong to the browser.
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const wish = { ArrowRight: this.#at + 1, ArrowLeft: this.#at - 1, Home: 0, End: this.#sentences.length - 1 }[
        event.key
      ];
      if (wish === undefined) return;
      event.preventDefault();
      void this.#go(wish);
    });
  }

  get #sentences(): Element[] {
    return [...this.querySelectorAll('[data-part="sentences"] > li')];
  }

  /** Shows a step. Beyond the first and the last there is none: then nothing moves. */
  async #go(at: number): Promise<void> {
    const sentences = this.#sentences;
    const sentence = sentences[at];
    if (!sentence || at === this.#at) return;
    const before = this.#at;
    this.#at = at;
    const spoken = this.querySelector('[data-part="sentence"]');
    try {
      const { drawInto } = await import('./step-figure-drawing.ts');
      await drawInto(this, at, () => this.#at === at);
    } catch (error) {
      console.error(error);
      if (spoken) spoken.textContent = this.dataset['failed'] ?? '';
      this.#at = before;
      return;
    }
    // Pressed again while the drawing was loading: the last press counts.
    if (this.#at !== at) return;
    spoken?.replaceChildren(...[...sentence.childNodes].map((node) => node.cloneNode(true)));
    const count = this.querySelector<HTMLElement>('[data-part="count"]');
    if (count)
      count.textContent = (count.dataset['template'] ?? '')
        .replace('{{at}}', `${at + 1}`)
        .replace('{{count}}', `${sentences.length}`);
    // Not `disabled`: that would take the focus away under the finger.
    for (const [step, ended] of [
      ['-1', at === 0],
      ['1', at === sentences.length - 1],
    ] as const)
      this.querySelector(`[data-step="${step}"]`)?.setAttribute('aria-disabled', `${ended}`);
  }
}

if (!customElements.get('step-figure')) customElements.define('step-figure', StepFigureElement);
