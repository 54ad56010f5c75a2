/** What the reader changed: the code, its editor, and a copy in the tab's storage, so that a reload does not lose it. */

import { draftKey } from './run-snippet.ts';
import type { Controls, ControlValues } from './run-snippet-controls.ts';
import { part, type SnippetData } from './run-snippet-data.ts';
import type { Translate } from './strings.ts';

/** What an editor must do; CodeMirror or, where that cannot be loaded, a textarea. */
export interface Editor {
  focus(): void;
  destroy(): void;
}

export interface EditorOptions {
  parent: HTMLElement;
  code: string;
  /** Accessible name. */
  label: string;
  /** Id of the element that explains the keys. */
  describedBy: string;
  onChange: (code: string) => void;
  onRun: () => void;
}

interface Stored {
  /** The program that was edited; an edit of an older one is dropped. */
  program: string;
  code: string;
  values: ControlValues;
}

export class Draft {
  readonly #host: HTMLElement;
  readonly #data: SnippetData;
  readonly #t: Translate;
  readonly #controls: Controls;
  readonly #onRun: () => void;
  #editor: Editor | undefined;
  #opening = false;
  #code: string;
  /** Whether an edit of this tab was brought back. */
  readonly restored: boolean = false;

  constructor(host: HTMLElement, data: SnippetData, t: Translate, controls: Controls, onRun: () => void) {
    this.#host = host;
    this.#data = data;
    this.#t = t;
    this.#controls = controls;
    this.#onRun = onRun;
    const stored = this.#stored();
    this.#code = stored?.code ?? data.program;
    if (!stored) return;
    this.restored = true;
    controls.values = stored.values;
    if (this.#code !== data.program) void this.edit(false);
  }

  get code(): string {
    return this.#code;
  }

  /** Whether code or settings differ from the snippet as it was written. */
  get changed(): boolean {
    return this.#code !== this.#data.program || this.#controls.changed;
  }

  /** Opens the editor in place of the code; its code is loaded now. */
  async edit(focus = true): Promise<void> {
    if (!this.#editor && !this.#opening) {
      this.#opening = true;
      await this.#open();
      this.#opening = false;
    }
    if (focus) this.#editor?.focus();
  }

  reset(): void {
    this.#editor?.destroy();
    this.#editor = undefined;
    this.#code = this.#data.program;
    part(this.#host, 'editor').replaceChildren();
    this.#swap(false);
    this.save();
  }

  save(): void {
    const key = draftKey(this.#data.id);
    const stored: Stored = { program: this.#data.program, code: this.#code, values: this.#controls.values };
    try {
      if (this.changed) sessionStorage.setItem(key, JSON.stringify(stored));
      else sessionStorage.removeItem(key);
    } catch {
      // Storage is full or switched off: the edit lives until the page is left.
    }
  }

  async #open(): Promise<void> {
    const parent = part(this.#host, 'editor');
    const hint = document.createElement('p');
    hint.className = 'field-hint';
    hint.id = `${this.#data.id}-editor-keys`;
    const options: EditorOptions = {
      parent,
      code: this.#code,
      label: this.#t('snippet.editor'),
      describedBy: hint.id,
      onChange: (code) => {
        this.#code = code;
        this.save();
      },
      onRun: this.#onRun,
    };
    try {
      const { openEditor } = await import('./run-snippet-editor.ts');
      this.#editor = openEditor(options);
      hint.textContent = this.#t('snippet.editor.keys');
    } catch (error) {
      console.error(error);
      this.#editor = openTextarea(options);
      hint.textContent = this.#t('snippet.editor.plain');
    }
    parent.append(hint);
    this.#swap(true);
  }

  #swap(editing: boolean): void {
    part(this.#host, 'editor').hidden = !editing;
    part(this.#host, 'code').hidden = editing;
    this.#host.toggleAttribute('data-editing', editing);
  }

  #stored(): Stored | undefined {
    try {
      const stored = JSON.parse(sessionStorage.getItem(draftKey(this.#data.id)) ?? 'null') as Stored | null;
      return stored?.program === this.#data.program ? stored : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Needs nothing that is not in the page already. Tab leaves it, as in any form. */
function openTextarea({ parent, code, label, describedBy, onChange, onRun }: EditorOptions): Editor {
  const area = document.createElement('textarea');
  area.value = code;
  area.rows = code.split('\n').length + 1;
  area.spellcheck = false;
  area.setAttribute('aria-label', label);
  area.setAttribute('aria-describedby', describedBy);
  area.addEventListener('input', () => onChange(area.value));
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun();
    }
  });
  parent.replaceChildren(area);
  return { focus: () => area.focus(), destroy: () => area.remove() };
}
