/** The contract of all runtimes, kept by a replay of runs that were recorded a moment before, on this machine. */
import { beforeAll, describe, it } from 'vitest';
import { startProgram } from '../../server/run-program.ts';
import { commandText } from '../../src/runtime/command.ts';
import { RecordedRuntime } from '../../src/runtime/recorded.ts';
import { formatRecording, parseRecording, type Recording } from '../../src/runtime/transcript.ts';
import { type ContractProgram, contractCases, contractPrograms, contractSpec } from '../contract/runtime-contract.ts';

/** These run until they are stopped: there is nothing to record. */
const endless: readonly ContractProgram[] = ['endless', 'busy'];

describe('the contract, replayed', () => {
  const recordings: Record<string, Recording> = {};

  beforeAll(async () => {
    const ids = (Object.keys(contractPrograms) as ContractProgram[]).filter((id) => !endless.includes(id));
    for (const id of ids) {
      const spec = contractSpec(id);
      let output = '';
      const onText = (text: string) => {
        output += text;
      };
      const signal = new AbortController().signal;
      const result = await startProgram(spec, { node: process.execPath, signal, onText });
      if (result.outcome !== 'exited') throw new Error(`${id} did not end by itself: ${JSON.stringify(result)}`);
      const { code, durationMs } = result;
      const run = {
        command: commandText(spec.argv),
        output: output.replace(/\n$/, ''),
        code,
        durationMs: Math.round(durationMs),
      };
      // Through the text form, as it lies in the repository.
      const text = formatRecording({ header: { environment: 'here', node: process.version }, runs: [run] });
      recordings[spec.id] = parseRecording(text);
    }
  }, 60_000);

  it.each(contractCases('recorded').map((one) => [one.name, one] as const))('%s', async (_, { check }) => {
    await check({ runtime: new RecordedRuntime(recordings) });
  });
});
