/** Runs in a page of the test: the site's own WebContainer runtime, driven from the test through `window.harness`. */
import type { Phase, RunResult, RunSpec, UnavailableReason } from '../../../src/runtime/contract.ts';
import { RuntimeFailure } from '../../../src/runtime/contract.ts';
import { newWebContainerRuntime } from '../../../src/runtime/webcontainer/index.ts';
import type { Timings } from '../../../src/runtime/webcontainer/timings.ts';
import { contractCases } from '../../contract/runtime-contract.ts';

export interface Seen {
  output: string;
  phases: Phase[];
  result: RunResult;
  /** From the call to the end. */
  tookMs: number;
}

let runtime = newWebContainerRuntime();

const inPage = {
  /** A new runtime; the one before is disposed of. */
  fresh(timings: Partial<Timings>): void {
    runtime.dispose();
    runtime = newWebContainerRuntime(timings);
  },

  /** Rejects where the case finds a broken promise. */
  async contract(name: string): Promise<void> {
    const found = contractCases('webcontainer').find((one) => one.name === name);
    if (!found) throw new Error(`no case is called "${name}"`);
    await found.check({ runtime });
  },

  async availability(): Promise<UnavailableReason | 'ok'> {
    const answer = await runtime.availability();
    return answer.ok ? 'ok' : answer.reason;
  },

  /** Milliseconds it took, or how it failed. */
  async prepare(): Promise<number | Extract<RunResult, { outcome: 'failed' }>> {
    const started = performance.now();
    try {
      await runtime.prepare();
      return performance.now() - started;
    } catch (error) {
      if (error instanceof RuntimeFailure) return error.failure;
      throw error;
    }
  },

  nodeVersion: async () => (await runtime.prepare()).nodeVersion,
  ping: () => runtime.ping(),
  reset: () => runtime.reset(),

  /** @param stopAt stops the run as soon as the output has this text */
  async run(spec: RunSpec, stopAt?: string): Promise<Seen> {
    const started = performance.now();
    const run = runtime.run(spec);
    const seen: Seen = {
      output: '',
      phases: [],
      result: { outcome: 'exited', code: -1, durationMs: 0, truncated: false },
      tookMs: 0,
    };
    for await (const event of run) {
      if (event.type === 'phase') seen.phases.push(event.phase);
      if (event.type === 'output') seen.output += event.text;
      if (stopAt && seen.output.includes(stopAt)) run.stop();
    }
    return { ...seen, result: await run.done, tookMs: performance.now() - started };
  },
};

export type Harness = typeof inPage;
declare global {
  var harness: Harness;
}
globalThis.harness = inPage;
