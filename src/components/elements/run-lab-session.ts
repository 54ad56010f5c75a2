/** A lab in the browser from the first press on: the machine's states as words, its terminal, and the verdict on what it printed. */
import { VmClient, type VmState } from '../../runtime/linux-vm/client.ts';
import type { ImageManifest } from '../../runtime/linux-vm/image.ts';
import { browserMemoryMB } from '../lab/browser-size.ts';
import { type RunLabData, scriptOfBlock } from '../lab/run-lab-data.ts';
import type { LabTerminal } from './run-lab-terminal.ts';
import { isAlive, isBusy, machineWords, programVersions, progressWords, stateWords } from './run-lab-words.ts';
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
  /** What the machine printed before the code of the terminal was here. */
  #early: Uint8Array[] = [];
  #run = true;

  constructor(host: HTMLElement, folder: string, manifest: ImageManifest, t: Translate) {
    this.#host = host;
    this.#folder = folder;
    this.#manifest = manifest;
    this.#t = t;
    this.#client = new VmClient({
      onState: (state) => this.#show(state),
      onTerminal: (bytes) => {
        if (this.#terminal) this.#terminal.write(bytes);
        else this.#early.push(bytes);
      },
      onFlood: () => {
        this.#part('flood').hidden = false;
      },
    });
  }

  /** @param action of a button: "run", "stop" or "restart" */
  async act(action: string): Promise<void> {
    if (action === 'stop') {
      this.#client.turnOff();
      return;
    }
    // A press on a button that says it is off.
    if (isBusy(this.#client.state) && action === 'run') return;
    this.#run = action === 'run';
    await this.#start();
  }

  /** The machine starts at once; the code of the terminal is loaded beside the download. */
  async #start(): Promise<void> {
    const data = JSON.parse(this.#host.dataset['run'] ?? '{}') as RunLabData;
    const block = document.getElementById(`block-${this.#lab}`)?.textContent ?? '';
    for (const name of ['failure', 'flood', 'result', 'verdict']) this.#part(name).hidden = true;
    this.#part('judged').textContent = '';
    this.#part('screen').hidden = false;
    this.#part('machine').textContent = machineWords(this.#t, this.#manifest);
    this.#part('programs').textContent = programVersions(this.#manifest.packages).join(' · ');
    this.#early = [];
    this.#terminal?.clear();
    this.#terminal?.readOut(false);
    const { columns, rows } = this.#terminal ?? { columns: 80, rows: 24 };
    const lab = { ...data, script: scriptOfBlock(block) };
    this.#client.start({ folder: this.#folder, manifest: this.#manifest, lab, run: this.#run, columns, rows });
    if (this.#terminal) return;
    try {
      this.#terminal = await this.#openTerminal();
    } catch (error) {
      this.#client.turnOff();
      throw error;
    }
    for (const bytes of this.#early.splice(0)) this.#terminal.write(bytes);
    this.#client.resize(this.#terminal.columns, this.#terminal.rows);
    this.#showTerminal(this.#client.state);
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

  #show(state: VmState): void {
    const said = this.#part('status');
    const words = stateWords(this.#t, state, `${this.#lab}.sh`, this.#run);
    // The bytes change all the time, the sentence does not: it is read out once.
    if (said.textContent !== words) said.textContent = words;
    this.#showProgress(state);
    const [busy, alive] = [isBusy(state), isAlive(state)];
    this.#part('box').dataset['state'] = state.name === 'failed' ? 'failed' : busy ? 'busy' : alive ? 'on' : 'off';
    this.#button('run').toggleAttribute('data-off', busy);
    this.#button('run').setAttribute('aria-disabled', `${busy}`);
    this.#showButton('stop', alive);
    this.#showButton('restart', state.name === 'running' || !busy);
    this.#showTerminal(state);
    if (state.name === 'failed') this.#showFailure(state);
    if (state.name === 'ended') void this.#showEnd(state);
  }

  #showTerminal(state: VmState): void {
    this.#terminal?.enable(isAlive(state));
    // Where nothing runs by itself, the reader has come to type.
    if (state.name === 'prompt' && !this.#run) {
      this.#terminal?.readOut(true);
      this.#terminal?.focus();
    }
  }

  #showProgress(state: VmState): void {
    const place = this.#part('progress');
    place.hidden = state.name !== 'downloading';
    if (state.name !== 'downloading') return;
    const [bar, figures] = [place.querySelector('progress'), place.querySelector('span')];
    if (!bar || !figures) return;
    bar.max = state.total;
    bar.value = state.bytes;
    figures.textContent = progressWords(this.#t, state.bytes, state.total);
  }

  #showFailure({ cause, message }: Extract<VmState, { name: 'failed' }>): void {
    console.error(`linux-vm: ${cause}: ${message}`);
    const notice = this.#part('failure');
    const sentence = notice.querySelector('p');
    if (sentence) sentence.textContent = this.#t(`vm.failed.${cause}`, { memory: browserMemoryMB });
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
