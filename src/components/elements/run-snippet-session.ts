/** A snippet in use: what the reader changed, which backend was chosen, and the run that is under way. */
import { type Candidate, candidate, type RuntimeLoaders } from '../../runtime/choose.ts';
import type { RunResult, RunSpec, RuntimeInfo, SnippetRuntime } from '../../runtime/contract.ts';
import { RuntimeFailure } from '../../runtime/contract.ts';
import { judgeRuns } from '../../runtime/judge.ts';
import { liveLoaders } from '../../runtime/live.ts';
import { infoOf, RecordedRuntime } from '../../runtime/recorded.ts';
import { tellOutputSeen } from './output-seen.ts';
import { Backends } from './run-snippet-backends.ts';
import { Controls } from './run-snippet-controls.ts';
import { part, readData, type SnippetData } from './run-snippet-data.ts';
import { Draft } from './run-snippet-draft.ts';
import { Output } from './run-snippet-output.ts';
import { Status } from './run-snippet-status.ts';
import { loadStrings, type Translate } from './strings.ts';

/** Loads the strings and opens the session of an element. */
export async function openSession(host: HTMLElement): Promise<Session> {
  return new Session(host, readData(host), await loadStrings());
}

export class Session {
  readonly #data: SnippetData;
  readonly #t: Translate;
  readonly #controls: Controls;
  readonly #draft: Draft;
  readonly #output: Output;
  readonly #status: Status;
  readonly #backends: Backends;
  readonly #host: HTMLElement;
  /** Set while runs are under way; aborting it ends them. */
  #running: AbortController | undefined;

  constructor(host: HTMLElement, data: SnippetData, t: Translate) {
    this.#host = host;
    this.#data = data;
    this.#t = t;
    this.#output = new Output(host, t);
    this.#status = new Status(host, t);
    this.#controls = new Controls(host, data, t);
    this.#backends = new Backends(host, data, t, this.#loaders());
    this.#draft = new Draft(host, data, t, this.#controls, () => this.act('run'));
    if (this.#draft.restored) this.#status.say(t('snippet.restored'));
  }

  /** What a button asks for: the value of its `data-action`. */
  async act(action: string, button?: HTMLElement): Promise<void> {
    if (action === 'run') return this.#run();
    if (action === 'stop') return this.#running?.abort();
    if (action === 'edit') return this.#draft.edit();
    if (action === 'copy') return this.#copy();
    if (action === 'reset') return this.#reset();
    if (action === 'reload') return location.reload();
    if (action === 'recorded') return this.#showRecording(button);
  }

  controlsChanged(): void {
    this.#controls.show();
    this.#draft.save();
  }

  showBackends(): Promise<void> {
    return this.#backends.show();
  }

  /** Runs all commands, in order, on the chosen backend. A press during a run does nothing: Stop is the button for that. */
  async #run(): Promise<void> {
    if (this.#running || !this.#controls.valid()) return;
    const running = new AbortController();
    this.#running = running;
    this.#status.started();
    if (this.#output.hasFocus()) this.#status.focusRun();
    this.#output.clear();
    try {
      const wanted = this.#backends.chosen;
      const { runtime, reason } = await candidate(wanted, this.#loaders(), this.#wish());
      if (runtime) await this.#runOn(runtime, running.signal);
      else await this.#instead(reason ?? 'not-yet');
    } catch (error) {
      // Stop was pressed while the runtime was getting ready.
      if (running.signal.aborted) this.#status.say(this.#t('snippet.stopped.user'));
      else this.#fail(error);
    } finally {
      this.#running = undefined;
      this.#status.ended();
    }
  }

  async #runOn(runtime: SnippetRuntime, signal: AbortSignal): Promise<void> {
    const recorded = runtime.kind === 'recorded';
    if (recorded && this.#draft.changed) this.#output.note(this.#t('snippet.recording-of-original'));
    let info: RuntimeInfo = recorded
      ? infoOf(this.#data.recordings[this.#environment])
      : await runtime.prepare({ signal, onPhase: (phase) => this.#status.phase(phase) });
    if (signal.aborted) return this.#status.say(this.#t('snippet.stopped.user'));
    const ended = [];
    let comparable = true;
    for (const run of this.#data.runs) {
      const spec = recorded ? this.#spec(run.argv, true) : this.#spec(this.#controls.argv(run), false);
      const view = this.#output.open(spec, run.role);
      const live = runtime.run(spec);
      const stop = () => live.stop();
      signal.addEventListener('abort', stop);
      for await (const event of live) {
        if (event.type === 'phase') this.#status.phase(event.phase);
        if (event.type === 'output') view.add(event.text);
      }
      signal.removeEventListener('abort', stop);
      const result = await live.done;
      if (result.outcome === 'exited') {
        ended.push({ role: run.role, argv: spec.argv, output: view.text, code: result.code });
        const judgement = judgeRuns(ended, { verdict: this.#data.verdict, limits: spec.limits }).at(-1);
        comparable &&= judgement?.heap !== 'flag-not-applied';
        this.#status.say(view.exited(result, judgement));
        continue;
      }
      this.#status.say(view.broken(result, spec.timeoutMs));
      if (result.outcome === 'failed') console.error(result.message);
      break;
    }
    // The reader's own experiment, or a run without the flag, answers another question than the one that was asked.
    const original = recorded || !this.#draft.changed;
    if (original && comparable && ended.length === this.#data.runs.length) tellOutputSeen(this.#host);
    // A WebContainer knows its version only once it has run something.
    if (!recorded && info.nodeVersion === null) info = await runtime.prepare();
    this.#output.provenance(info);
  }

  #fail(error: unknown): void {
    const failure = error instanceof RuntimeFailure ? error.failure : unknownFailure(error);
    console.error(error);
    this.#output.failed(failure);
    this.#status.say(this.#t('snippet.badge.failed'));
  }

  /** The wish cannot be met: says why, and the recording stays in front of the reader. */
  async #instead(reason: NonNullable<Candidate['reason']>): Promise<void> {
    this.#output.restore();
    this.#status.say(this.#backends.unavailable(reason));
    await this.#backends.afterRefusal();
  }

  #spec(argv: readonly [string, ...string[]], original: boolean): RunSpec {
    const { id, program, permissions, timeoutMs, maxOutputBytes } = this.#data;
    const limits = original ? this.#data.limits : this.#controls.limits();
    const files = { 'main.mjs': original ? program : this.#draft.code };
    return { id, files, argv, permissions, timeoutMs, maxOutputBytes, ...(limits ? { limits } : {}) };
  }

  #wish() {
    const limits = this.#data.limits;
    return { backends: this.#data.backends, spec: { id: this.#data.id, ...(limits ? { limits } : {}) } };
  }

  /** The recording is this snippet's own; the live backends are the page's. */
  #loaders(): RuntimeLoaders {
    return {
      ...liveLoaders,
      recorded: async () => {
        const recording = this.#data.recordings[this.#environment];
        return new RecordedRuntime(recording ? { [this.#data.id]: recording } : {});
      },
    };
  }

  /** The Node version whose recording is in front of the reader. */
  get #environment(): string {
    return this.#host.querySelector<HTMLInputElement>('.snippet-versions input:checked')?.value ?? '';
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#draft.code);
      this.#status.say(this.#t('snippet.copied'));
    } catch {
      this.#status.say(this.#t('snippet.copy-failed'));
    }
  }

  #reset(): void {
    this.#running?.abort();
    this.#controls.reset();
    this.#draft.reset();
    this.#output.restore();
    this.#status.say(this.#t('snippet.reset.done'));
  }

  /** Puts the recording back, and the focus to its start, because the button that was pressed goes away. */
  #showRecording(button?: HTMLElement): void {
    this.#output.restore();
    if (button) part(this.#host, 'recordings').querySelector<HTMLElement>('input:checked')?.focus();
  }
}

function unknownFailure(error: unknown): Extract<RunResult, { outcome: 'failed' }> {
  return { outcome: 'failed', stage: 'boot', cause: 'unknown', message: String(error), retry: 'same-page' };
}
