/** A button that copies the text of another element, named by `data-from`. Without JavaScript the button is hidden and the text is there. */
class CopyText extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector('button');
    if (!button) return;
    button.hidden = false;
    button.addEventListener('click', () => void this.#copy());
  }

  async #copy(): Promise<void> {
    const source = document.getElementById(this.dataset['from'] ?? '');
    const status = this.querySelector('[role="status"]');
    if (!source || !status) return;
    try {
      await navigator.clipboard.writeText(source.textContent ?? '');
      status.textContent = this.dataset['copied'] ?? '';
    } catch {
      // Refused, or no clipboard outside of HTTPS: select the text, so that Ctrl+C is all that is left to do.
      const details = source.closest('details');
      if (details) details.open = true;
      source.focus();
      getSelection()?.selectAllChildren(source);
      status.textContent = this.dataset['failed'] ?? '';
    }
  }
}

customElements.define('copy-text', CopyText);
