import { type Answers, answer, score } from './quiz-score.ts';

/** What `course:quiz` tells: sent after each checked or opened question; it bubbles. */
export interface QuizResult {
  /** Slug of the lesson. */
  lesson: string;
  total: number;
  /** Questions that are finished: answered rightly, or opened. */
  done: number;
  /** Questions that were right at the first check. */
  firstTry: number;
}

/**
 * Turns the `<details>` of each question into radio buttons: the reader decides first and sees the reason afterwards. All texts stand in
 * the HTML; this element only moves them. Nothing is stored: whoever keeps progress listens to `course:quiz`.
 */
class CourseQuiz extends HTMLElement {
  #answers: Answers = {};
  #result: HTMLElement | undefined;

  connectedCallback(): void {
    if (this.#result) return;
    for (const question of this.#questions) this.#upgrade(question);
    const foot = element('div', { className: 'pane-foot' });
    this.#result = element('p', { className: 'pane-provenance', role: 'status' });
    const again = element('button', { className: 'button button-quiet', type: 'button' }, this.dataset['restart']);
    again.addEventListener('click', () => this.#restart());
    foot.append(again, this.#result);
    this.append(foot);
    foot.hidden = true;
  }

  get #questions(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[data-question]')];
  }

  #upgrade(item: HTMLElement): void {
    const name = `${this.dataset['lesson']}-${item.dataset['question']}`;
    const form = element('form', { noValidate: true });
    const fieldset = element('fieldset', {});
    const legend = element('legend', {});
    const asked = item.querySelector('.asked');
    legend.className = 'asked';
    legend.append(...(asked?.childNodes ?? []));
    asked?.remove();
    fieldset.append(legend);
    for (const [index, details] of [...item.querySelectorAll('details')].entries()) {
      const choice = element('div', { className: 'choice' });
      if (details.hasAttribute('data-right')) choice.dataset['right'] = '';
      const radio = element('input', { type: 'radio', name, value: `${index}` });
      const label = element('label', {});
      const words = element('span', {});
      words.append(...(details.querySelector('summary')?.childNodes ?? []));
      label.append(radio, words);
      choice.append(label);
      const reason = details.querySelector<HTMLElement>('.reason');
      if (reason) {
        reason.hidden = true;
        choice.append(reason);
      }
      details.remove();
      fieldset.append(choice);
    }
    const actions = element('div', { className: 'pane-actions' });
    const check = element('button', { className: 'button', type: 'submit' }, this.dataset['check']);
    const all = element('button', { className: 'button button-quiet', type: 'button' }, this.dataset['showAll']);
    all.dataset['all'] = '';
    all.hidden = true;
    actions.append(check, all);
    // There from the start, and empty: a live region that appears together with its text is not always read out.
    const status = element('div', { role: 'status' });
    status.dataset['status'] = '';
    form.append(fieldset, actions, status);
    item.append(form);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#check(item);
    });
    form.addEventListener('change', () => this.#forget(item));
    all.addEventListener('click', () => {
      this.#open(item);
      item.querySelector<HTMLElement>('input:checked')?.focus();
    });
  }

  #check(item: HTMLElement): void {
    const picked = item.querySelector<HTMLInputElement>('input:checked');
    const choice = picked?.closest<HTMLElement>('.choice');
    if (!choice) {
      this.#say(item, '', this.dataset['chooseFirst'] ?? '');
      item.querySelector<HTMLElement>('input')?.focus();
      return;
    }
    const right = 'right' in choice.dataset;
    const reason = choice.querySelector('.reason');
    this.#say(item, right ? 'ok' : 'fail', '', reason?.cloneNode(true), right ? undefined : this.dataset['tryAgain']);
    this.#answers = answer(this.#answers, item.dataset['question'] ?? '', right ? 'right' : 'wrong');
    if (right) this.#showReasons(item, choice);
    else show(item.querySelector<HTMLElement>('[data-all]'), true);
    this.#tell();
  }

  /** Every reason, without an answer of the reader. */
  #open(item: HTMLElement): void {
    this.#say(item, '', this.dataset['shown'] ?? '');
    this.#answers = answer(this.#answers, item.dataset['question'] ?? '', 'opened');
    this.#showReasons(item);
    this.#tell();
  }

  /** `except` is the choice whose reason stands in the verdict already. */
  #showReasons(item: HTMLElement, except?: HTMLElement): void {
    for (const reason of item.querySelectorAll<HTMLElement>('.choice > .reason'))
      show(reason, reason.parentElement !== except);
    item.dataset['revealed'] = '';
    show(item.querySelector<HTMLElement>('[data-all]'), false);
  }

  /** A verdict must not stand under a choice that it is not about. */
  #forget(item: HTMLElement): void {
    item.querySelector('[data-status]')?.replaceChildren();
    if ('revealed' in item.dataset) this.#showReasons(item);
  }

  #say(item: HTMLElement, kind: string, text: string, reason?: Node, more?: string): void {
    const notice = element('div', { className: 'notice' });
    if (kind) notice.dataset['kind'] = kind;
    if (reason instanceof HTMLElement) {
      reason.hidden = false;
      notice.append(reason);
    }
    for (const words of [text, more]) if (words) notice.append(element('p', {}, words));
    item.querySelector('[data-status]')?.replaceChildren(notice);
  }

  #tell(): void {
    const total = this.#questions.length;
    const { done, firstTry } = score(this.#answers);
    const foot = this.querySelector<HTMLElement>(':scope > .pane-foot');
    show(foot, true);
    if (this.#result)
      this.#result.textContent = (this.dataset['result'] ?? '')
        .replace('{{done}}', `${done}`)
        .replace('{{total}}', `${total}`)
        .replace('{{firstTry}}', `${firstTry}`);
    const detail: QuizResult = { lesson: this.dataset['lesson'] ?? '', total, done, firstTry };
    this.dispatchEvent(new CustomEvent('course:quiz', { bubbles: true, detail }));
  }

  #restart(): void {
    this.#answers = {};
    for (const item of this.#questions) {
      item.querySelector('form')?.reset();
      delete item.dataset['revealed'];
      this.#forget(item);
      for (const reason of item.querySelectorAll<HTMLElement>('.choice > .reason')) show(reason, false);
      show(item.querySelector<HTMLElement>('[data-all]'), false);
    }
    show(this.querySelector<HTMLElement>(':scope > .pane-foot'), false);
    this.querySelector<HTMLElement>('input')?.focus();
  }
}

function show(node: HTMLElement | null | undefined, shown: boolean): void {
  if (node) node.hidden = !shown;
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
  text?: string,
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

customElements.define('course-quiz', CourseQuiz);
