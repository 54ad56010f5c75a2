import { toMarkdown } from '../sheet/markdown.ts';
import type { SheetShape, Values } from '../sheet/shape.ts';
import { make } from './dom.ts';
import { asideKey, loadSheet, type Merged, merge, saveSheet, sheetKey } from './fill-sheet-store.ts';
import { format } from './strings.ts';

export interface SheetIsland {
  shape: SheetShape;
  /** Sentences of the status line, and of what stands beside a field. */
  words: Record<
    'taken' | 'conflict' | 'blocked' | 'full' | 'aside' | 'cleared' | 'back' | 'downloaded' | 'other' | 'swap' | 'drop',
    string
  >;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * A form that keeps what is written in it and gives it as Markdown. Everything it needs stands in the page; nothing is sent anywhere.
 * Each change is merged with what other tabs have stored meanwhile, so no tab overwrites another one's text.
 */
class FillSheet extends HTMLElement {
  #shape!: SheetShape;
  #words!: SheetIsland['words'];
  #controls = new Map<string, Control>();
  /** What this tab last read from the store, or wrote there. */
  #before: Values = {};
  #other: Values = {};
  /** What Undo brings back. */
  #undo: Values = {};
  #failing = false;
  #ending = new AbortController();

  connectedCallback(): void {
    const form = this.querySelector('form');
    const island = this.querySelector(':scope > script')?.textContent;
    if (!form || !island) return;
    ({ shape: this.#shape, words: this.#words } = JSON.parse(island) as SheetIsland);
    for (const control of form.querySelectorAll<Control>('[name]')) this.#controls.set(control.name, control);
    for (const part of this.querySelectorAll<HTMLElement>('[data-live]')) part.hidden = false;
    this.querySelector('[data-without-script]')?.remove();
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => {
      // Undo would take away what was written since.
      this.#offerUndo(undefined);
      this.#exchange(true);
    });
    this.addEventListener('click', ({ target }) => {
      const action = (target as Element).closest<HTMLElement>('[data-action]')?.dataset['action'];
      if (action) this.#act(action);
    });
    const { signal } = this.#ending;
    const stored = ({ key }: StorageEvent) => {
      // Without a key, everything was cleared.
      if (key === sheetKey(this.#shape.id) || key === null) this.#exchange(false);
    };
    addEventListener('storage', stored, { signal });
    // A page that comes back from the browser's cache has missed what happened meanwhile.
    addEventListener('pageshow', () => this.#exchange(false, true), { signal });
    addEventListener('afterprint', () => this.removeAttribute('data-printing'), { signal });
    this.#exchange(false, true);
  }

  disconnectedCallback(): void {
    this.#ending.abort();
  }

  #mine(): Record<string, string> {
    return Object.fromEntries([...this.#controls].map(([name, { value }]) => [name, value]));
  }

  #fill(values: Values): void {
    for (const [name, control] of this.#controls) {
      const value = values[name] ?? '';
      // Setting the same text again would disturb who is writing Korean.
      if (control.value !== value) control.value = value;
    }
  }

  /** Brings form and store together. `decided`: what the reader did with the texts of other tabs. */
  #exchange(write: boolean, first = false, decided: Values = {}): void {
    const stored = loadSheet(this.#shape.id, this.#shape.renamed);
    const mine = this.#mine();
    if (stored.problem === 'blocked') this.#fail('blocked');
    else {
      // What was moved aside was emptied by nobody: the form keeps its texts, and stores them anew.
      const aside = stored.problem === 'aside';
      if (aside) this.#before = {};
      const held = (document.activeElement as Partial<Control> | null)?.name;
      const merged = merge(this.#before, mine, stored, this.contains(document.activeElement) ? held : undefined);
      Object.assign(merged.other, decided);
      const changes = write || aside || merged.conflicts.length > 0;
      const saved = changes && saveSheet(this.#shape.id, merged);
      this.#before = saved ? merged.values : stored.values;
      this.#fill({ ...mine, ...merged.values });
      if (changes) this.#fail(saved ? undefined : 'full');
      if (aside) this.#say(format(this.#words.aside, { key: asideKey(this.#shape.id) }));
      else if (!first) this.#tell(mine, merged);
      this.#beside(merged.other);
    }
    this.#show();
  }

  #tell(mine: Values, { taken, conflicts }: Merged): void {
    const fields = taken.filter((name) => this.#controls.has(name));
    if (fields.length > 0) this.#say(format(this.#words.taken, { count: fields.length }), mine);
    if (conflicts.length > 0) this.#say(this.#words.conflict);
  }

  /** Markdown, and what paper shows in place of the boxes. */
  #show(): void {
    const values = { ...this.#before, ...this.#mine() };
    const place = this.querySelector('[data-part="markdown"]');
    if (place) place.textContent = toMarkdown(this.#shape, values);
    for (const control of this.#controls.values())
      if (control.parentElement)
        control.parentElement.dataset['value'] =
          control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.text ?? '') : control.value;
  }

  /** The texts of other tabs, each under its field. */
  #beside(other: Values): void {
    if (JSON.stringify(other) === JSON.stringify(this.#other)) return;
    this.#other = other;
    for (const old of this.querySelectorAll('.sheet-other')) old.remove();
    for (const [name, text] of Object.entries(other)) {
      const control = this.#controls.get(name);
      if (!control || text === '') continue;
      const button = (word: 'swap' | 'drop', decide: () => string) => {
        const made = make('button', { type: 'button', class: 'button' }, this.#words[word]);
        made.addEventListener('click', () => {
          this.#exchange(true, true, { [name]: decide() });
          control.focus();
        });
        return made;
      };
      const swap = button('swap', () => {
        const mine = control.value;
        control.value = text;
        return mine;
      });
      const drop = button('drop', () => '');
      control.parentElement?.after(
        make(
          'div',
          { class: 'sheet-other notice', 'data-kind': 'limit' },
          make('p', {}, this.#words.other),
          make('blockquote', {}, text),
          make('div', { class: 'pane-actions' }, swap, drop),
        ),
      );
    }
  }

  #act(action: string): void {
    const mine = this.#mine();
    if (action === 'print') {
      this.dataset['printing'] = '';
      print();
    } else if (action === 'clear') {
      this.#fill({});
      this.#exchange(true);
      this.#say(this.#words.cleared, mine);
      this.querySelector<HTMLElement>('[data-action="undo"]')?.focus();
    } else if (action === 'undo') {
      this.#fill(this.#undo);
      this.#exchange(true, true);
      this.#say(this.#words.back);
      this.#controls.values().next().value?.focus();
    } else if (action === 'download') {
      const text = this.querySelector('[data-part="markdown"]')?.textContent ?? '';
      const href = URL.createObjectURL(new Blob([text], { type: 'text/markdown;charset=utf-8' }));
      const file = `${this.#shape.id}.md`;
      make('a', { href, download: file }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
      this.#say(format(this.#words.downloaded, { file }));
    }
  }

  /** Once for each time that keeping begins to fail. */
  #fail(why: 'blocked' | 'full' | undefined): void {
    if (why && !this.#failing) this.#say(this.#words[why]);
    else if (!why && this.#failing) this.#say('');
    this.#failing = why !== undefined;
  }

  /** `undo`: what the form had before, where that can be brought back. */
  #say(sentence: string, undo?: Values): void {
    const status = this.querySelector('[data-part="status"]');
    if (status) status.textContent = sentence;
    this.#offerUndo(undo);
  }

  #offerUndo(values: Values | undefined): void {
    const button = this.querySelector<HTMLElement>('[data-action="undo"]');
    if (button) button.hidden = values === undefined;
    this.#undo = values ?? {};
  }
}

customElements.define('fill-sheet', FillSheet);
