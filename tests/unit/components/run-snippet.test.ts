import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { argvWith, limitsWith } from '../../../src/components/elements/run-snippet-controls.ts';
import type { SnippetControl } from '../../../src/components/elements/run-snippet-data.ts';
import { exitKind, exitMeaning, outputParts, took } from '../../../src/components/elements/run-snippet-words.ts';
import { translator } from '../../../src/components/elements/strings.ts';
import english from '../../../src/content/i18n/en.json' with { type: 'json' };
import { parseRecording } from '../../../src/runtime/transcript.ts';

const t = translator(english);
const flag: SnippetControl = { name: '--max-old-space-size', kind: 'flag', min: 16, max: 512, default: 64 };
const nofile: SnippetControl = { name: 'nofile', kind: 'limit', min: 48, max: 1024, default: 64 };

describe('commands from controls', () => {
  it('replaces the flag, or leaves it out', () => {
    const run = { argv: ['node', '--max-old-space-size=64', 'main.mjs'] } as const;
    expect(argvWith(run, [flag], { '--max-old-space-size': 128 })).toEqual([
      'node',
      '--max-old-space-size=128',
      'main.mjs',
    ]);
    expect(argvWith(run, [flag], { '--max-old-space-size': null })).toEqual(['node', 'main.mjs']);
  });

  it('leaves the run alone that has no flag: the others are compared with it', () => {
    const run = { argv: ['node', 'main.mjs', 'only-ask'] } as const;
    expect(argvWith(run, [flag], { '--max-old-space-size': 128 })).toEqual(run.argv);
  });

  it('sets the limit of the process only where there is a control for it', () => {
    expect(limitsWith({ nofile: 64 }, [nofile], { nofile: 100 })).toEqual({ nofile: 100 });
    expect(limitsWith({ nofile: 64 }, [], {})).toEqual({ nofile: 64 });
    expect(limitsWith(undefined, [flag], { '--max-old-space-size': 1 })).toBeUndefined();
  });
});

describe('words of a run', () => {
  it('knows the codes of the lessons, names other signals, and owns up to the rest', () => {
    expect(exitMeaning(t, 134)).toContain('SIGABRT');
    expect(exitMeaning(t, 152)).toContain('signal 24');
    expect(exitMeaning(t, 42)).toBe(english['exit.other']);
    expect([exitKind(134, true), exitKind(134, false), exitKind(0, false)]).toEqual(['limit', 'fail', 'ok']);
  });

  it('gives short times in milliseconds', () => {
    expect([took(t, 38), took(t, 1240), took(t, 15_020)]).toEqual(['took 38 ms', 'took 1.2 s', 'took 15 s']);
  });

  it('takes a real output apart without losing a byte', () => {
    const path = new URL('../../../src/content/snippets/heap-limit/recorded/node-24.txt', import.meta.url);
    const output = parseRecording(readFileSync(path, 'utf8')).runs[1]?.output ?? '';
    const { before, limitLine, after, trace } = outputParts(output, true);
    expect(before + limitLine + after + trace).toBe(output);
    expect(limitLine).toMatch(/^FATAL ERROR: .*JavaScript heap out of memory$/);
    expect(trace).toMatch(/^----- Native stack trace -----/);
    expect(outputParts(output, false).limitLine).toBe('');
  });
});
