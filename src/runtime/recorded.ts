/** Replays what really happened in an earlier run, at once and labelled as a recording. */
import { commandText } from './command.ts';
import type { Availability, PrepareOptions, Run, RunResult, RunSpec, RuntimeInfo, SnippetRuntime } from './contract.ts';
import { RunSlot } from './run.ts';
import type { Recording } from './transcript.ts';

export class RecordedRuntime implements SnippetRuntime {
  readonly kind = 'recorded';
  readonly #recordings: Readonly<Record<string, Recording>>;
  readonly #slot = new RunSlot();

  /** @param recordings id of a snippet to its recording */
  constructor(recordings: Readonly<Record<string, Recording>>) {
    this.#recordings = recordings;
  }

  async availability(spec?: Pick<RunSpec, 'id'>): Promise<Availability> {
    const found = spec ? this.#recordings[spec.id] !== undefined : Object.keys(this.#recordings).length > 0;
    return found ? { ok: true } : { ok: false, reason: 'no-recording' };
  }

  /** Facts of the first recording; `infoOf` gives those of a certain one. */
  async prepare(_options?: PrepareOptions): Promise<RuntimeInfo> {
    return infoOf(Object.values(this.#recordings)[0]);
  }

  /** Finds the run by snippet and command. A command that was never recorded fails with `no-recording`: nothing is made up. */
  run(spec: RunSpec): Run {
    const command = commandText(spec.argv, spec.limits);
    const recorded = this.#recordings[spec.id]?.runs.find((run) => run.command === command);
    return this.#slot.start(spec, async (control) => {
      if (!recorded) return missing(spec.id, command);
      control.phase('running');
      control.write(recorded.output === '' ? '' : `${recorded.output}\n`);
      return { outcome: 'exited', code: recorded.code, durationMs: recorded.durationMs };
    });
  }

  async ping(): Promise<boolean> {
    return true;
  }

  async reset(): Promise<void> {
    await this.#slot.clear();
  }

  dispose(): void {}
}

function missing(id: string, command: string): Extract<RunResult, { outcome: 'failed' }> {
  return {
    outcome: 'failed',
    stage: 'spawn',
    cause: 'no-recording',
    message: `no recording of "${command}" in snippet "${id}"`,
    retry: 'never',
  };
}

/** What a recording's header says about where it was made. */
export function infoOf(recording: Recording | undefined): RuntimeInfo {
  const { node, recorded, os, kernel } = recording?.header ?? {};
  const host = [os, kernel].filter(Boolean).join(', ');
  return {
    kind: 'recorded',
    real: false,
    engine: 'v8',
    nodeVersion: node ?? null,
    ...(recorded ? { recordedAt: recorded } : {}),
    ...(host ? { host } : {}),
  };
}
