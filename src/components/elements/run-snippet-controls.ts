/** The number fields of a snippet: what they hold, and the commands that follow from it. */
import { commandText, withFlag } from '../../runtime/command.ts';
import type { ProcessLimits } from '../../runtime/contract.ts';
import type { SnippetControl, SnippetData, SnippetRun } from './run-snippet-data.ts';
import type { Translate } from './strings.ts';

/** Name of a control to its number; null means that the flag is left out. */
export type ControlValues = Record<string, number | null>;

/** The command of a run with the reader's flags. A run that never had the flag stays without: it is what the others are compared with. */
export function argvWith(
  run: Pick<SnippetRun, 'argv'>,
  controls: readonly SnippetControl[],
  values: ControlValues,
): [string, ...string[]] {
  return controls
    .filter(({ kind, name }) => kind === 'flag' && run.argv.some((word) => word.startsWith(`${name}=`)))
    .reduce<[string, ...string[]]>((argv, { name }) => withFlag(argv, name, values[name] ?? null), [...run.argv]);
}

/** The limits of the process with the reader's numbers. */
export function limitsWith(
  limits: ProcessLimits | undefined,
  controls: readonly SnippetControl[],
  values: ControlValues,
): ProcessLimits | undefined {
  const nofile = controls.some(({ name }) => name === 'nofile') ? values['nofile'] : undefined;
  return typeof nofile === 'number' ? { ...limits, nofile } : limits;
}

export class Controls {
  readonly #host: HTMLElement;
  readonly #data: SnippetData;
  readonly #t: Translate;

  constructor(host: HTMLElement, data: SnippetData, t: Translate) {
    this.#host = host;
    this.#data = data;
    this.#t = t;
  }

  get values(): ControlValues {
    return Object.fromEntries(
      this.#data.controls.map((control) => {
        const { number, without } = this.#fields(control);
        return [control.name, without?.checked ? null : Number(number.value)];
      }),
    );
  }

  set values(values: ControlValues) {
    for (const control of this.#data.controls) {
      const value = values[control.name];
      if (value === undefined) continue;
      const { number, without } = this.#fields(control);
      number.value = String(value ?? control.default);
      if (without) without.checked = value === null;
    }
    this.show();
  }

  /** Whether anything differs from the snippet as it was written. */
  get changed(): boolean {
    const { values } = this;
    return this.#data.controls.some((control) => values[control.name] !== control.default);
  }

  argv(run: SnippetRun): [string, ...string[]] {
    return argvWith(run, this.#data.controls, this.values);
  }

  limits(): ProcessLimits | undefined {
    return limitsWith(this.#data.limits, this.#data.controls, this.values);
  }

  reset(): void {
    this.values = Object.fromEntries(this.#data.controls.map((control) => [control.name, control.default]));
  }

  /** Writes the commands as they would run now. */
  show(): void {
    for (const control of this.#data.controls) {
      const { number, without } = this.#fields(control);
      number.disabled = without?.checked ?? false;
      const { min, max } = control;
      // An own message counts as invalid: without it, the field can say what it thinks of the new number.
      number.setCustomValidity('');
      const fits = number.disabled || (number.validity.valid && number.value !== '');
      if (fits) number.removeAttribute('aria-invalid');
      else number.setAttribute('aria-invalid', 'true');
      number.setCustomValidity(fits ? '' : this.#t('snippet.out-of-range', { min, max }));
    }
    for (const run of this.#data.runs) {
      const line = this.#host.querySelector(`[data-command="${run.id}"]`);
      if (line) line.textContent = commandText(this.argv(run), this.limits());
    }
  }

  /** Whether every number is in its range; if not, the browser shows the sentence at the first that is not. */
  valid(): boolean {
    this.show();
    return this.#data.controls.every((control) => this.#fields(control).number.reportValidity());
  }

  #fields({ name }: SnippetControl): { number: HTMLInputElement; without: HTMLInputElement | null } {
    const field = this.#host.querySelector(`[data-control="${name}"]`);
    const number = field?.querySelector<HTMLInputElement>('input[type="number"]');
    if (!field || !number) throw new Error(`<run-snippet> has no field for "${name}"`);
    return { number, without: field.querySelector<HTMLInputElement>('input[type="checkbox"]') };
  }
}
