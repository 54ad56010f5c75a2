import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunEvent, RuntimeFailure } from '../../../src/runtime/contract.ts';
import { OutputNormaliser } from '../../../src/runtime/output.ts';
import { type Backend, RunSlot } from '../../../src/runtime/run.ts';

const spec = { id: 'test', timeoutMs: 5_000, maxOutputBytes: 1_000 };
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function read(run: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

const text = (events: RunEvent[]) => events.map((event) => (event.type === 'output' ? event.text : '')).join('');

/** A program that runs until it is asked to end, and then takes `graceMs`. */
const endless =
  (graceMs = 0, log: string[] = [], name = ''): Backend =>
  async (control) => {
    control.phase('running');
    log.push(`${name} begins`);
    await new Promise<void>((done) => control.signal.addEventListener('abort', () => setTimeout(done, graceMs)));
    log.push(`${name} ends`);
    return { outcome: 'exited', code: 143 };
  };

describe('a run', () => {
  it('gives phases, whole lines and one end, and done agrees', async () => {
    const run = new RunSlot().start(spec, async (control) => {
      control.phase('spawning');
      control.phase('running');
      control.phase('running');
      control.write('one\ntw');
      await pause(5);
      control.write('o\nthree');
      return { outcome: 'exited', code: 7, durationMs: 12 };
    });
    const result = { outcome: 'exited', code: 7, durationMs: 12, truncated: false };
    expect(await read(run)).toEqual([
      { type: 'phase', phase: 'spawning' },
      { type: 'phase', phase: 'running' },
      { type: 'output', text: 'one\n' },
      { type: 'output', text: 'two\n' },
      { type: 'output', text: 'three' },
      { type: 'end', result },
    ]);
    expect(await run.done).toEqual(result);
  });

  it('gives every reader all events, a late one too', async () => {
    const run = new RunSlot().start(spec, async (control) => {
      control.write('a\n');
      await pause(10);
      control.write('b\n');
      return { outcome: 'exited', code: 0 };
    });
    const first = read(run);
    await run.done;
    expect(text(await first)).toBe('a\nb\n');
    expect(await read(run)).toEqual(await first);
  });

  it('ignores what arrives after the end', async () => {
    let write: (piece: string) => void = () => {};
    const run = new RunSlot().start(spec, async (control) => {
      write = (piece) => control.write(piece);
      return { outcome: 'exited', code: 0 };
    });
    await run.done;
    write('late\n');
    expect(text(await read(run))).toBe('');
  });

  it('counts an exit after Stop as stopped by the user, however often Stop is pressed', async () => {
    const run = new RunSlot().start(spec, endless(20));
    await pause(10);
    run.stop();
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'stopped', by: 'user' });
    run.stop();
    expect(await run.done).toMatchObject({ by: 'user' });
  });

  it('ends at timeoutMs, counted from the phase running', async () => {
    const run = new RunSlot().start({ ...spec, timeoutMs: 60 }, async (control) => {
      await pause(120);
      return endless()(control);
    });
    const result = await run.done;
    expect(result).toMatchObject({ outcome: 'stopped', by: 'timeout' });
    expect(result.outcome === 'stopped' && result.durationMs).toBeGreaterThanOrEqual(50);
  });

  it('supersedes the run before and starts only when that has ended', async () => {
    const log: string[] = [];
    const slot = new RunSlot();
    const first = slot.start(spec, endless(40, log, 'first'));
    await pause(5);
    const second = slot.start(spec, endless(0, log, 'second'));
    expect(await first.done).toMatchObject({ outcome: 'stopped', by: 'superseded' });
    await pause(5);
    second.stop();
    await second.done;
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('never starts a run that was stopped or superseded while it waited', async () => {
    const log: string[] = [];
    const slot = new RunSlot();
    slot.start(spec, endless(30, log, 'first'));
    await pause(5);
    const second = slot.start(spec, endless(0, log, 'second'));
    const third = slot.start(spec, endless(0, log, 'third'));
    third.stop();
    expect(await second.done).toMatchObject({ outcome: 'stopped', by: 'superseded', durationMs: 0 });
    expect(await third.done).toMatchObject({ outcome: 'stopped', by: 'user' });
    expect(log).toEqual(['first begins', 'first ends']);
  });

  it('settles as lost when the backend does not end the program', async () => {
    const run = new RunSlot().start(
      spec,
      async (control) => {
        control.phase('running');
        return new Promise(() => {});
      },
      { settleMs: 40 },
    );
    await pause(5);
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'lost' });
  });

  it('settles when the backend never gets as far as running', async () => {
    const run = new RunSlot().start(
      spec,
      async (control) => {
        control.phase('mounting');
        return new Promise(() => {});
      },
      { startMs: 40 },
    );
    expect(await run.done).toMatchObject({ outcome: 'failed', stage: 'mount', cause: 'lost' });
  });

  it('reports the failure that a backend throws, and any other error as unknown', async () => {
    const failure = {
      outcome: 'failed',
      stage: 'boot',
      cause: 'offline-or-blocked',
      message: 'm',
      retry: 'reload',
    } as const;
    const slot = new RunSlot();
    const known = slot.start(spec, async () => {
      throw new RuntimeFailure(failure);
    });
    expect(await known.done).toEqual(failure);
    const unknown = slot.start(spec, async (control) => {
      control.phase('spawning');
      throw new Error('surprise');
    });
    expect(await unknown.done).toMatchObject({
      outcome: 'failed',
      stage: 'spawn',
      cause: 'unknown',
      message: 'surprise',
    });
  });

  it('drops output beyond maxOutputBytes and says so', async () => {
    const run = new RunSlot().start({ ...spec, maxOutputBytes: 10 }, async (control) => {
      control.write('12345\n');
      control.write('가나다\n');
      control.write('more\n');
      return { outcome: 'exited', code: 0 };
    });
    expect(text(await read(run))).toBe('12345\n가');
    expect(await run.done).toMatchObject({ outcome: 'exited', truncated: true });
  });
});

describe('the output normaliser', () => {
  const normal = (pieces: (string | Uint8Array)[], max = Infinity) => {
    const output = new OutputNormaliser(max);
    return pieces.map((piece) => output.push(piece)).join('') + output.flush();
  };

  it('removes colours, titles and control characters, and turns CRLF and CR into LF', () => {
    expect(normal(['\u001b[31mred\u001b[39m\r\nplain\r\n\u001b]0;title\u0007la\u0000st\tone'])).toBe(
      'red\nplain\nlast\tone',
    );
    expect(normal(['10%\r20%\r\n'])).toBe('10%\n20%\n');
    expect(normal(['a\r', '\nb'])).toBe('a\nb');
  });

  it('gives the same text however the bytes are cut', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('한글', '\u001b[1mbold\u001b[0m', 'a\r\nb', '\n'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(200), { maxLength: 20 }), (lines, cuts) => {
        const bytes = new TextEncoder().encode(lines.join('\n'));
        const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        expect(normal(pieces)).toBe(normal([bytes]));
      }),
    );
  });

  it('never lets more bytes through than the bound, and never half a character', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).filter((piece) => !piece.includes('\ufffd'))),
        fc.nat(60),
        (pieces, max) => {
          const output = new OutputNormaliser(max);
          const shown = pieces.map((piece) => output.push(`${piece}\n`)).join('') + output.flush();
          expect(new TextEncoder().encode(shown).length).toBeLessThanOrEqual(max);
          expect(shown).not.toContain('\ufffd');
          expect(output.truncated).toBe(shown !== normal(pieces.map((piece) => `${piece}\n`)));
        },
      ),
    );
  });

  it('keeps no endless line in memory', () => {
    const output = new OutputNormaliser(100);
    let shown = '';
    for (let i = 0; i < 100; i++) shown += output.push('x'.repeat(10_000));
    expect(shown).toBe('x'.repeat(100));
    expect(output.truncated).toBe(true);
  });
});
