import { loadMachine, onMachineChange } from './my-machine-store.ts';

/** What to expect of a lab on the reader's machine. The words are loaded only where a machine is kept; without one, a quiet line stays. */
class MachineNote extends HTMLElement {
  #stopListening: (() => void) | undefined;

  connectedCallback(): void {
    this.#stopListening = onMachineChange(() => void this.#show());
    void this.#show();
  }

  disconnectedCallback(): void {
    this.#stopListening?.();
  }

  async #show(): Promise<void> {
    const { machine } = loadMachine();
    if (!machine) {
      this.#swap(false);
      return;
    }
    try {
      const [{ noteContent }, { loadKnowledge }, { loadStrings }] = await Promise.all([
        import('./my-machine-note-view.ts'),
        import('./lab-knowledge.ts'),
        import('./strings.ts'),
      ]);
      const [known, say] = await Promise.all([loadKnowledge(this), loadStrings()]);
      this.querySelector('[data-mine]')?.replaceChildren(...noteContent(this, known, machine.facts, say));
      // Another tab may have made it forget meanwhile.
      this.#swap(loadMachine().machine !== undefined);
    } catch (error) {
      // The quiet line stays: a lab does not need this.
      console.error(error);
    }
  }

  #swap(mine: boolean): void {
    for (const [name, hidden] of [
      ['quiet', mine],
      ['mine', !mine],
    ] as const) {
      const part = this.querySelector<HTMLElement>(`[data-${name}]`);
      if (part) part.hidden = hidden;
    }
  }
}

customElements.define('machine-note', MachineNote);
