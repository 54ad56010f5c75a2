import { describe, expect, it } from 'vitest';
import type { RunEvent, RunSpec } from '../../../src/runtime/contract.ts';
import { infoOf, RecordedRuntime } from '../../../src/runtime/recorded.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';

const recording = parseRecording(
  [
    'environment: node-24',
    'recorded: 2026-11-22',
    'node: v24.21.0',
    'os: Debian GNU/Linux 12 (bookworm)',
    'kernel: Linux 6.18 x86_64',
    '',
    '$ node main.mjs',
    'one',
    'two',
    '[0] 38 ms',
    '',
    '$ prlimit --nofile=64 node main.mjs',
    'EMFILE',
    '[1] 40 ms',
    '',
    '$ node silent.mjs',
    '[7] 5 ms',
    '',
  ].join('\n'),
);
const runtime = new RecordedRuntime({ sample: recording });
const spec = (more: Partial<RunSpec> = {}): RunSpec => ({
  id: 'sample',
  files: {},
  argv: ['node', 'main.mjs'],
  timeoutMs: 1000,
  maxOutputBytes: 1000,
  ...more,
});

async function eventsOf(more?: Partial<RunSpec>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of runtime.run(spec(more))) events.push(event);
  return events;
}

describe('RecordedRuntime', () => {
  it('replays output, exit code and duration of the command', async () => {
    expect(await eventsOf()).toEqual([
      { type: 'phase', phase: 'running' },
      { type: 'output', text: 'one\ntwo\n' },
      { type: 'end', result: { outcome: 'exited', code: 0, durationMs: 38, truncated: false } },
    ]);
  });

  it('tells commands apart by the limits that were set', async () => {
    expect((await eventsOf({ limits: { nofile: 64 } })).at(1)).toEqual({ type: 'output', text: 'EMFILE\n' });
  });

  it('replays a run that printed nothing', async () => {
    const events = await eventsOf({ argv: ['node', 'silent.mjs'] });
    expect(events.some(({ type }) => type === 'output')).toBe(false);
    expect(events.at(-1)).toMatchObject({ result: { outcome: 'exited', code: 7 } });
  });

  it.each([
    ['a command that was never recorded', { argv: ['node', '--max-old-space-size=65', 'main.mjs'] }],
    ['other limits', { limits: { nofile: 65 } }],
    ['an unknown snippet', { id: 'other' }],
  ] satisfies [string, Partial<RunSpec>][])('fails for %s instead of making something up', async (_, more) => {
    expect(await runtime.run(spec(more)).done).toMatchObject({
      outcome: 'failed',
      cause: 'no-recording',
      retry: 'never',
    });
  });

  it('cuts at maxOutputBytes and says so', async () => {
    const events = await eventsOf({ maxOutputBytes: 5 });
    expect(events.filter(({ type }) => type === 'output')).toEqual([{ type: 'output', text: 'one\nt' }]);
    expect(events.at(-1)).toMatchObject({ result: { truncated: true } });
  });

  it('is available for what it has, and only for that', async () => {
    expect(await runtime.availability({ id: 'sample' })).toEqual({ ok: true });
    expect(await runtime.availability({ id: 'other' })).toEqual({ ok: false, reason: 'no-recording' });
    expect(await new RecordedRuntime({}).availability()).toEqual({ ok: false, reason: 'no-recording' });
  });

  it('names date, Node and machine, and does not pass for a live run', async () => {
    expect(infoOf(recording)).toEqual({
      kind: 'recorded',
      real: false,
      engine: 'v8',
      nodeVersion: 'v24.21.0',
      recordedAt: '2026-11-22',
      host: 'Debian GNU/Linux 12 (bookworm), Linux 6.18 x86_64',
    });
    expect(await runtime.prepare()).toEqual(infoOf(recording));
  });
});
