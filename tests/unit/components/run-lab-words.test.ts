import { describe, expect, it } from 'vitest';
import {
  isAlive,
  isBusy,
  machineWords,
  programVersions,
  progressWords,
  stateWords,
} from '../../../src/components/elements/run-lab-words.ts';
import { translator } from '../../../src/components/elements/strings.ts';
import { downloadMegabytes } from '../../../src/components/lab/browser-size.ts';
import english from '../../../src/content/i18n/en.json' with { type: 'json' };
import korean from '../../../src/content/i18n/ko.json' with { type: 'json' };
import type { VmState } from '../../../src/runtime/linux-vm/client.ts';

const t = translator(english);
const words = (state: VmState, run = true) => stateWords(t, state, 'emfile.sh', run);
const figures = { durationMs: 1234, truncated: false };

describe('words of a state', () => {
  it('says how a lab ended, and whether the machine is still there', () => {
    const exited = { outcome: 'exited', code: 3, ...figures } as const;
    expect(words({ name: 'ended', result: exited, alive: true })).toBe(
      'Finished in 1.2 s with exit code 3. Go on in the terminal if you like.',
    );
    const stopped = { outcome: 'stopped', by: 'user', ...figures } as const;
    expect(words({ name: 'ended', result: stopped, alive: false })).toBe('Stopped. Linux is switched off.');
    const late = { outcome: 'stopped', by: 'timeout', ...figures } as const;
    expect(words({ name: 'ended', result: late, alive: false })).toContain('Time was up');
  });

  it('says that an output was cut', () => {
    const cut = { outcome: 'exited', code: 0, durationMs: 1, truncated: true } as const;
    expect(words({ name: 'ended', result: cut, alive: true })).toContain(english['vm.truncated']);
  });

  it('tells a prompt at which the lab begins from one that is the reader’s', () => {
    expect(words({ name: 'prompt' })).toBe(english['vm.state.running']);
    expect(words({ name: 'prompt' }, false)).toContain('emfile.sh');
  });

  it('leaves the cause of a failure to its own sentence, and has one for every state', () => {
    expect(words({ name: 'failed', cause: 'damaged', message: '' })).toBe(english['vm.off']);
    for (const name of ['verifying', 'restoring', 'running'] as const) expect(words({ name })).toMatch(/\.$/);
  });

  it('counts a download in millions of bytes', () => {
    expect(words({ name: 'downloading', bytes: 0, total: 8_107_148 })).toContain('8.1 MB');
    expect(progressWords(t, 2_049_999, 8_107_148)).toBe('2.0 of 8.1 MB');
  });
});

it('knows when Run has nothing to do, and when there is somebody to type to', () => {
  const result = { outcome: 'exited', code: 0, ...figures } as const;
  const on: VmState = { name: 'ended', result, alive: true };
  expect([isBusy(on), isAlive(on)]).toEqual([false, true]);
  expect([isBusy({ name: 'running' }), isAlive({ name: 'running' })]).toEqual([true, true]);
  expect(isAlive({ name: 'ended', result, alive: false })).toBe(false);
  expect(isAlive({ name: 'failed', cause: 'unknown', message: '' })).toBe(false);
});

it('says which machine it is, and the versions that its programs give themselves', () => {
  expect(machineWords(t, { kernel: '6.1.0-50-686', debian: '12.15' })).toBe('Linux 6.1, Debian 12, in your browser');
  const packages = [
    { name: 'busybox-static', version: '1:1.35.0-4+deb12u1+b1' },
    { name: 'util-linux', version: '2.38.1-5+deb12u3' },
    { name: 'bash-static', version: '5.2.15-2+b13' },
    { name: 'linux-image-6.1.0-50-686', version: '6.1.176-1' },
  ];
  expect(programVersions(packages)).toEqual(['bash 5.2.15', 'BusyBox 1.35.0', 'util-linux 2.38.1']);
});

it('rounds the download up, so that nobody gets more than was said', () => {
  const state = { file: '', sha256: '' };
  expect(downloadMegabytes({ state: { ...state, bytes: 7_400_000 } })).toBe(9);
  expect(downloadMegabytes({ state: { ...state, bytes: 7_300_000 } })).toBe(8);
  expect(downloadMegabytes(null)).toBeGreaterThan(0);
});

it('has a sentence in both languages for every cause of a failure', () => {
  // A new cause is a type error here.
  const causes: Record<Extract<VmState, { name: 'failed' }>['cause'], true> = {
    'no-webassembly': true,
    'unsupported-browser': true,
    'insecure-context': true,
    'no-image': true,
    'not-loaded': true,
    'broken-off': true,
    damaged: true,
    'too-little-memory': true,
    'guest-silent': true,
    'worker-died': true,
    unknown: true,
  };
  for (const strings of [english, korean] as Record<string, string>[]) {
    const sentences = Object.keys(causes).map((cause) => strings[`vm.failed.${cause}`]);
    expect(sentences).not.toContain(undefined);
    expect(new Set(sentences).size).toBe(sentences.length);
  }
});
