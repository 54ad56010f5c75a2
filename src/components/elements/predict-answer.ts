import { outputSeen } from './output-seen.ts';

/**
 * Opens the answer of a prediction once the reader has seen an output of the same pane, and says whether it is what they chose. The
 * choice is read from the radio buttons at that moment; nothing is stored, and nothing is asked of a reader who did not choose.
 */
class PredictAnswer extends HTMLElement {
  #seen = false;
  #listening = false;

  connectedCallback(): void {
    const pane = this.closest('.pane');
    if (!pane || this.#listening) return;
    this.#listening = true;
    pane.addEventListener(outputSeen, () => this.#reveal());
    // A recording that is opened is an output too. `toggle` does not bubble.
    pane.addEventListener(
      'toggle',
      ({ target }) => {
        if (target instanceof HTMLDetailsElement && target.open && 'recorded' in target.dataset) this.#reveal();
      },
      true,
    );
    pane.addEventListener('change', ({ target }) => {
      if (this.#seen && target instanceof HTMLInputElement && target.name === this.dataset['name']) this.#compare();
    });
  }

  #reveal(): void {
    const answer = this.querySelector('details');
    // Only the first time: a reader who closed it again does not want it at every run.
    if (answer && !this.#seen) answer.open = true;
    this.#seen = true;
    this.#compare();
  }

  #compare(): void {
    const picked = document.querySelector<HTMLInputElement>(`input[name="${this.dataset['name']}"]:checked`);
    const reasons = [...this.querySelectorAll<HTMLElement>('.predict-reason')];
    for (const [at, reason] of reasons.entries()) {
      const mine = reason.querySelector<HTMLElement>('[data-mine]');
      if (mine) mine.hidden = picked?.value !== `${at}`;
    }
    const verdict = this.querySelector('.predict-verdict');
    if (!verdict || !picked) return;
    const right = 'right' in (reasons[Number(picked.value)]?.dataset ?? {});
    const words = this.dataset[right ? 'same' : 'other'] ?? '';
    if (verdict.textContent !== words) verdict.textContent = words;
  }
}

if (!customElements.get('predict-answer')) customElements.define('predict-answer', PredictAnswer);
