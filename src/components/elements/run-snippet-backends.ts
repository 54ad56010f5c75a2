/** The menu of backends: which there are, which can be used here and now, why another cannot, and the reader's choice for this tab. */
import { type Candidate, type RuntimeLoaders, survey } from '../../runtime/choose.ts';
import type { RuntimeKind } from '../../runtime/contract.ts';
import { servedLocally } from '../../runtime/live.ts';
import { backendKey } from './run-snippet.ts';
import { part, type SnippetData } from './run-snippet-data.ts';
import type { Translate } from './strings.ts';

type Reason = NonNullable<Candidate['reason']>;

export class Backends {
  readonly #host: HTMLElement;
  readonly #data: SnippetData;
  readonly #t: Translate;
  readonly #loaders: RuntimeLoaders;
  #chosen: RuntimeKind;

  constructor(host: HTMLElement, data: SnippetData, t: Translate, loaders: RuntimeLoaders) {
    this.#host = host;
    this.#data = data;
    this.#t = t;
    this.#loaders = loaders;
    this.#chosen = this.#remembered() ?? data.firstChoice;
    this.#label();
  }

  /** What the Run button runs on. */
  get chosen(): RuntimeKind {
    return this.#chosen;
  }

  /** Fills the opened menu. Asking costs no request to another site: that happens on Run only. */
  async show(): Promise<void> {
    const place = part(this.#host, 'backends');
    if (place.childElementCount === 0) place.textContent = this.#t('snippet.where.checking');
    const { id, backends, limits } = this.#data;
    const candidates = await survey(this.#loaders, { backends, spec: { id, ...(limits ? { limits } : {}) } });
    const fieldset = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = this.#t('snippet.where.legend');
    fieldset.append(legend, ...candidates.map((one) => this.#row(one)));
    const hint = document.createElement('p');
    hint.className = 'field-hint';
    hint.textContent = this.#t('snippet.where.session');
    place.replaceChildren(fieldset, hint);
  }

  /** Why nothing was run, as a sentence. */
  unavailable(reason: Reason): string {
    return this.#t('snippet.instead', { reason: this.#t(`runtime.unavailable.${reason}`) });
  }

  /** The chosen backend cannot be used: what Run means from now on. A WebContainer is offered, the reader still has to press. */
  async afterRefusal(): Promise<void> {
    const refused = this.#chosen;
    const { id, backends, limits } = this.#data;
    const candidates = await survey(this.#loaders, { backends, spec: { id, ...(limits ? { limits } : {}) } });
    const tab = candidates.some(({ backend, runtime }) => backend === 'webcontainer' && runtime);
    this.#chosen = refused !== 'webcontainer' && tab ? 'webcontainer' : 'recorded';
    this.#label();
  }

  /** One radio button; a backend that cannot be used keeps its place in the list and says why. */
  #row({ backend, runtime, reason }: Candidate): HTMLElement {
    const row = document.createElement('label');
    row.className = 'snippet-backend';
    const radio = document.createElement('input');
    radio.type = 'radio';
    radio.name = `${this.#data.id}-backend`;
    radio.value = backend;
    radio.checked = backend === this.#chosen;
    radio.disabled = !runtime;
    radio.addEventListener('change', () => {
      if (backend !== 'linux-vm') this.#choose(backend);
    });
    const name = document.createElement('strong');
    name.textContent = this.#t(`runtime.name.${backend}`);
    const about = document.createElement('span');
    about.className = 'field-hint';
    about.textContent = this.#t(`runtime.about.${backend}`);
    row.append(radio, name, about);
    if (reason) row.append(this.#why(reason));
    return row;
  }

  #why(reason: Reason): HTMLElement {
    const why = document.createElement('span');
    why.className = 'field-hint';
    const mark = document.createElement('span');
    mark.className = 'badge';
    mark.dataset['kind'] = 'skipped';
    mark.textContent = this.#t('runtime.not-available');
    why.append(mark, ' ', this.#t(`runtime.unavailable.${reason}`));
    return why;
  }

  #choose(kind: RuntimeKind): void {
    this.#chosen = kind;
    try {
      sessionStorage.setItem(backendKey, kind);
    } catch {
      // Storage is switched off: the choice holds until the page is left.
    }
    this.#label();
  }

  /** Run says what it will do, and a choice that loads something from another site says so before the press. */
  #label(): void {
    const run = this.#host.querySelector('[data-action="run"]');
    if (run) run.textContent = this.#t(`snippet.run.${this.#chosen}`);
    part(this.#host, 'where').textContent = this.#t('snippet.where', {
      backend: this.#t(`runtime.name.${this.#chosen}`),
    });
    const about = part(this.#host, 'about');
    about.hidden = this.#chosen !== 'webcontainer';
    about.textContent = this.#t(`runtime.about.${this.#chosen}`);
  }

  /** The choice of this tab, where it makes sense for this snippet. */
  #remembered(): RuntimeKind | undefined {
    let kind: string | null = null;
    try {
      kind = sessionStorage.getItem(backendKey);
    } catch {
      return undefined;
    }
    if (kind === 'recorded') return kind;
    if (kind === 'local-node' && servedLocally && this.#data.backends.includes(kind)) return kind;
    if (kind === 'webcontainer' && this.#data.backends.includes(kind) && !this.#data.limits) return kind;
    return undefined;
  }
}
