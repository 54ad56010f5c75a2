/** A lab in the browser from the first press on: the machine's states as words, its terminal, and the verdict on what it printed. */
import { VmClient, type VmState } from '../../runtime/linux-vm/client.ts';
import type { ImageManifest } from '../../runtime/linux-vm/image.ts';
import { type RunLabData, scriptOfBlock } from '../lab/run-lab-data.ts';
import type { LabTerminal } from './run-lab-terminal.ts';
import { seconds } from './run-snippet-words.ts';
import { loadStrings, type Translate } from './strings.ts';

export async function openSession(host: HTMLElement, folder: string, manifest: ImageManifest): Promise<Session> {
  return new Session(host, folder, manifest, await loadStrings());
}

export class Session {
  readonly #host: HTMLElement;
  readonly #folder: string;
  readonly #manifest: ImageManifest;
  readonly #t: Translate;
  readonly #client: VmClient;
  #terminal: LabTerminal | undefined;
  #run = true;

  constructor(host: HTMLElement, folder: string, manifest: ImageManifest, t: Translate) {
    this.#host = host;
    this.#folder = folder;
    this.#manifest = manifest;
    this.#t = t;
    this.#client = new VmClient({
      onState: (state) => this.#show(state),
      onTerminal: (bytes) => this.#terminal?.write(bytes),
      onFlood: () => {
        this.#part('flood').hidden = false;
      },
    });
  }

  /** @param action of a button: "run", "stop" or "restart" */
  async act(action: string): Promise<void> {
    if (action === 'stop') {
      this.#client.stop();
      return;
    }
    // A press on a button that says it is off.
    if (this.#busy && action === 'run') return;
    this.#run = action === 'run';
    await this.#start();
  }

  get #busy(): boolean {
    return ['downloading', 'verifying', 'restoring', 'running'].includes(this.#client.state.name);
  }

  async #start(): Promise<void> {
    const data = JSON.parse(this.#host.dataset['run'] ?? '{}') as RunLabData;
    const block = document.getElementById(`block-${this.#lab}`)?.textContent ?? '';
    for (const name of ['failure', 'flood', 'result', 'verdict']) this.#part(name).hidden = true;
    this.#part('judged').textContent = '';
    this.#part('screen').hidden = false;
    this.#part('machine').textContent = this.#machineText();
    this.#terminal ??= await this.#openTerminal();
    this.#terminal.clear();
    this.#terminal.readOut(false);
    this.#client.start({
      folder: this.#folder,
      manifest: this.#manifest,
      lab: { ...data, script: scriptOfBlock(block) },
      run: this.#run,
      columns: this.#terminal.columns,
      rows: this.#terminal.rows,
    });
  }

  async #openTerminal(): Promise<LabTerminal> {
    const { openTerminal } = await import('./run-lab-terminal.ts');
    return openTerminal(
      this.#part('terminal'),
      this.#t('vm.terminal'),
      (keys) => this.#client.type(keys),
      (columns, rows) => this.#client.resize(columns, rows),
    );
  }

  get #lab(): string {
    return this.#host.dataset['lab'] ?? '';
  }

  /** Such as "Linux 6.1, Debian 12, in your browser". */
  #machineText(): string {
    const { kernel, debian } = this.#manifest;
    const linux = `Linux ${/^\d+\.\d+/.exec(kernel)?.[0] ?? kernel}`;
    return this.#t('vm.machine', { linux, debian: `Debian ${debian.split('.')[0]}` });
  }

  #show(state: VmState): void {
    const said = this.#part('status');
    const words = this.#words(state);
    // The bytes change all the time, the sentence does not: it is read out once.
    if (said.textContent !== words) said.textContent = words;
    this.#showProgress(state);
    const alive = this.#busy || state.name === 'prompt' || (state.name === 'ended' && state.alive);
    this.#button('run').toggleAttribute('data-off', this.#busy);
    this.#button('run').setAttribute('aria-disabled', `${this.#busy}`);
    this.#showButton('stop', alive);
    this.#showButton('restart', state.name === 'running' || !this.#busy);
    this.#terminal?.enable(alive);
    if (state.name === 'failed') this.#showFailure(state);
    if (state.name === 'prompt' && !this.#run) {
      this.#terminal?.readOut(true);
      this.#terminal?.focus();
    }
    if (state.name === 'ended') void this.#showEnd(state);
  }

  #words(state: VmState): string {
    switch (state.name) {
      case 'idle':
      case 'failed':
        return '';
      case 'downloading':
        return this.#t('vm.state.downloading', { total: megabytes(state.total) });
      case 'prompt':
        return this.#run ? this.#t('vm.state.running') : this.#t('vm.state.prompt', { file: `${this.#lab}.sh` });
      case 'ended':
        return this.#endWords(state);
      default:
        return this.#t(`vm.state.${state.name}`);
    }
  }

  #endWords({ result, alive }: Extract<VmState, { name: 'ended' }>): string {
    const words: string[] = [];
    if (result.outcome === 'exited')
      words.push(this.#t('vm.ended', { seconds: seconds(result.durationMs), code: result.code }));
    else if (result.outcome === 'stopped')
      words.push(this.#t(result.by === 'timeout' ? 'vm.stopped.timeout' : 'vm.stopped.user'));
    if (result.outcome !== 'failed' && result.truncated) words.push(this.#t('vm.truncated'));
    words.push(this.#t(alive ? 'vm.type-on' : 'vm.off'));
    return words.join(' ');
  }

  #showProgress(state: VmState): void {
    const place = this.#part('progress');
    place.hidden = state.name !== 'downloading';
    if (state.name !== 'downloading') return;
    const [bar, figures] = [place.querySelector('progress'), place.querySelector('span')];
    if (!bar || !figures) return;
    bar.max = state.total;
    bar.value = state.bytes;
    figures.textContent = this.#t('vm.progress', { done: megabytes(state.bytes), total: megabytes(state.total) });
  }

  #showFailure({ cause, message }: Extract<VmState, { name: 'failed' }>): void {
    console.error(`linux-vm: ${cause}: ${message}`);
    const notice = this.#part('failure');
    const sentence = notice.querySelector('p');
    if (sentence) sentence.textContent = this.#t(`vm.failed.${cause}`);
    notice.hidden = false;
    this.#part('screen').hidden = this.#client.transcript === '';
    this.#showTranscript();
  }

  #showTranscript(): void {
    const text = this.#client.transcript;
    const place = this.#part('result');
    place.hidden = text === '';
    const output = place.querySelector('pre');
    if (output) output.textContent = text;
  }

  async #showEnd({ result, alive }: Extract<VmState, { name: 'ended' }>): Promise<void> {
    this.#terminal?.readOut(alive);
    this.#showTranscript();
    const form = document.getElementById(`check-${this.#lab}`);
    const place = this.#part('verdict');
    // Switched off after the end: the verdict stands already.
    if (result.outcome !== 'exited' || !form || !place.hidden) return;
    const { check } = await import('./check-output-verdict.ts');
    await check(form, this.#client.transcript, { place, status: this.#part('judged') });
  }

  #showButton(action: string, shown: boolean): void {
    const button = this.#button(action);
    if (!shown && button === document.activeElement) this.#button('run').focus();
    button.hidden = !shown;
  }

  #button(action: string): HTMLElement {
    return need(this.#host.querySelector<HTMLElement>(`[data-action="${action}"]`), action);
  }

  #part(name: string): HTMLElement {
    return need(this.#host.querySelector<HTMLElement>(`[data-part="${name}"]`), name);
  }
}

function need(found: HTMLElement | null, name: string): HTMLElement {
  if (!found) throw new Error(`<run-lab> has no "${name}"`);
  return found;
}

/** In millions of bytes, as downloads are counted. */
function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
