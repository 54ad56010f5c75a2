/** The output pane: one block a command, filled while the program runs. Everything that a program prints is text, never markup. */
import { commandText } from '../../runtime/command.ts';
import type { RunResult, RunSpec, RuntimeInfo } from '../../runtime/contract.ts';
import type { RunJudgement } from '../../runtime/judge.ts';
import { part } from './run-snippet-data.ts';
import {
  exitKind,
  exitMeaning,
  heapSentence,
  outputParts,
  provenance,
  scrolls,
  seconds,
  took,
} from './run-snippet-words.ts';
import type { Translate } from './strings.ts';

type Exited = Extract<RunResult, { outcome: 'exited' }>;
type Failed = Extract<RunResult, { outcome: 'failed' }>;

/** How often new lines are put into the page, so that a fast program neither freezes it nor floods a screen reader. */
const batchMs = 200;
/** Beyond this many lines in a run the log is no longer read out. */
const spokenLines = 30;

export class Output {
  readonly #log: HTMLElement;
  readonly #recordings: HTMLElement;
  readonly #backing: HTMLElement;
  readonly #t: Translate;

  constructor(host: HTMLElement, t: Translate) {
    this.#log = part(host, 'log');
    this.#recordings = part(host, 'recordings');
    this.#backing = part(host, 'backing');
    this.#t = t;
  }

  /** Makes room for a new run: the recording steps back until Reset. */
  clear(): void {
    this.#back('recorded');
    this.#log.replaceChildren();
    this.#log.setAttribute('aria-live', 'polite');
    this.#recordings.hidden = true;
  }

  /** The recording is back in front, and open: it waits closed only for a prediction. */
  restore(): void {
    this.#log.replaceChildren();
    this.#recordings.hidden = false;
    if (this.#recordings instanceof HTMLDetailsElement) this.#recordings.open = true;
    this.#back('recorded');
  }

  /** The bar of the pane says what backs the output below it. */
  #back(kind: RuntimeInfo['kind']): void {
    this.#backing.textContent = this.#t(`snippet.badge.${kind}`);
    if (kind === 'recorded') delete this.#backing.dataset['kind'];
    else this.#backing.dataset['kind'] = 'process';
  }

  /** Whether the focus is on something that the next run will take away. */
  hasFocus(): boolean {
    return this.#log.contains(document.activeElement);
  }

  note(sentence: string): void {
    this.#log.append(element('p', { className: 'notice' }, sentence));
  }

  /** A block for a command that is about to run. */
  open(spec: RunSpec, role: 'baseline' | 'demo'): RunView {
    const block = element('div', { className: 'snippet-run' });
    block.dataset['role'] = role;
    const command = element('p', { className: 'snippet-command' });
    command.append(element('code', {}, commandText(spec.argv, spec.limits)));
    if (role === 'baseline')
      command.append(' ', element('span', { className: 'pane-label' }, this.#t('snippet.role.baseline')));
    const output = element('pre', { className: 'pane-output' });
    block.append(command, output);
    this.#log.append(block);
    return new RunView(block, output, this.#log, this.#t);
  }

  /** The runtime itself did not get as far as a run. */
  failed(failure: Failed): void {
    this.#log.append(failureNotice(failure, this.#t));
  }

  provenance(info: RuntimeInfo): void {
    if (this.#log.childElementCount === 0) return;
    this.#back(info.kind);
    this.#log.append(element('p', { className: 'pane-provenance' }, provenance(this.#t, info)));
  }
}

export class RunView {
  readonly #block: HTMLElement;
  readonly #output: HTMLElement;
  readonly #log: HTMLElement;
  readonly #t: Translate;
  readonly #pending: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lines = 0;
  /** Everything that the program printed. */
  text = '';

  constructor(block: HTMLElement, output: HTMLElement, log: HTMLElement, t: Translate) {
    this.#block = block;
    this.#output = output;
    this.#log = log;
    this.#t = t;
  }

  add(text: string): void {
    this.text += text;
    this.#pending.push(text);
    this.#timer ??= setTimeout(() => this.#flush(), batchMs);
  }

  /** The program ended by itself. Returns the sentence for the status line. */
  exited(result: Exited, judgement: RunJudgement | undefined): string {
    this.#close(result.truncated);
    const t = this.#t;
    const limitHit = judgement?.limitHit ?? false;
    const folded = this.#tidy(limitHit);
    if (limitHit) this.#output.dataset['limitHit'] = result.code === 0 ? '' : String(result.code);
    const code = t('snippet.exit', { code: result.code });
    const end = this.#end(exitKind(result.code, limitHit), code, exitMeaning(t, result.code), result.durationMs);
    this.#block.append(end);
    const heap = judgement && heapSentence(t, judgement);
    if (heap) {
      const notice = element('p', { className: 'notice' }, heap);
      if (limitHit) notice.dataset['kind'] = 'limit';
      if (judgement.heap === 'flag-not-applied') notice.append(' ', action('recorded', t('snippet.see-recorded')));
      this.#block.append(notice);
    }
    this.#block.append(...folded);
    return `${code}. ${heap ?? exitMeaning(t, result.code)}`;
  }

  /** The program did not end by itself. Returns the sentence for the status line. */
  broken(result: Exclude<RunResult, Exited>, timeoutMs: number): string {
    this.#close(result.outcome === 'stopped' && result.truncated);
    const t = this.#t;
    if (result.outcome === 'failed') {
      this.#block.append(failureNotice(result, t));
      return t('snippet.badge.failed');
    }
    const sentence = t(`snippet.stopped.${result.by}`, { seconds: seconds(timeoutMs) });
    this.#block.append(this.#end('skipped', t('snippet.badge.stopped'), sentence, result.durationMs));
    return sentence;
  }

  /** The same form as a recording: the line of the limit marked, the native stack trace folded away. */
  #tidy(limitHit: boolean): HTMLElement[] {
    const { before, limitLine, after, trace } = outputParts(this.text, limitHit);
    if (!limitLine && !trace) return [];
    // What is only put in order must not be read out a second time.
    this.#log.setAttribute('aria-live', 'off');
    const line = limitLine ? [element('mark', {}, limitLine)] : [];
    this.#output.replaceChildren(before, ...line, after.trimEnd());
    if (!trace) return [];
    const folded = element('details', { className: 'snippet-trace' });
    folded.append(
      element('summary', {}, this.#t('snippet.native-trace')),
      element('pre', { className: 'pane-output' }, trace.trimEnd()),
    );
    return [folded];
  }

  #end(kind: string, badge: string, sentence: string, durationMs: number): HTMLElement {
    const end = element('p', { className: 'snippet-end' });
    const mark = element('span', { className: 'badge' }, badge);
    mark.dataset['kind'] = kind;
    end.append(mark, ' ', element('span', {}, sentence), ' ');
    end.append(element('span', { className: 'snippet-duration' }, took(this.#t, durationMs)));
    return end;
  }

  #close(truncated: boolean): void {
    this.#flush();
    if (this.text === '') this.#output.textContent = this.#t('snippet.no-output');
    if (scrolls(this.text)) this.#output.tabIndex = 0;
    if (truncated) this.#block.append(element('p', { className: 'field-hint' }, this.#t('snippet.truncated')));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const text = this.#pending.splice(0).join('');
    this.#lines += text.split('\n').length - 1;
    if (this.#lines > spokenLines) this.#log.setAttribute('aria-live', 'off');
    const atEnd = this.#output.scrollHeight - this.#output.scrollTop - this.#output.clientHeight < 8;
    this.#output.append(text);
    if (atEnd) this.#output.scrollTop = this.#output.scrollHeight;
  }
}

function failureNotice(failure: Failed, t: Translate): HTMLElement {
  const notice = element('div', { className: 'notice' });
  notice.dataset['kind'] = 'fail';
  notice.append(element('p', {}, t(`runtime.failed.${failure.cause}`)));
  const actions = { 'same-page': 'run', reload: 'reload', never: 'recorded' } as const;
  const buttons = element('p', { className: 'pane-actions' });
  buttons.append(action(actions[failure.retry], t(`snippet.retry.${failure.retry}`)));
  if (failure.retry !== 'never') buttons.append(action('recorded', t('snippet.see-recorded')));
  notice.append(buttons);
  return notice;
}

function action(name: string, label: string): HTMLElement {
  const button = element('button', { className: 'button', type: 'button' }, label);
  button.dataset['action'] = name;
  return button;
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
  text?: string,
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}
