import { describe, expect, it } from 'vitest';
import type { LabRecording } from '../../../src/components/lab/recorded.ts';
import { changesOf, isSame, recordingGroups } from '../../../src/components/lab/recording-kinds.ts';

interface Made {
  uid?: number;
  userns?: string;
  node?: string;
  distribution?: string;
  systemd?: string;
  steps?: string[];
}

const recording = (environment: string, made: Made = {}): LabRecording => {
  const { uid = 1000, userns = 'no', node = 'v24.1.0', distribution = 'debian-12', systemd = 'no', steps = [] } = made;
  const head = [`distribution=${distribution}`, `uid=${uid}`, `userns=${userns}`, `systemd=${systemd}`, `node=${node}`];
  const output = ['== lab x v1', ...head, '-- step a', ...steps].join('\n');
  return { environment, header: {}, output, command: 'bash x.sh', code: 0 };
};

describe('recordingGroups', () => {
  it('sorts by user, namespace, Node and system', () => {
    const groups = recordingGroups([
      recording('usual'),
      recording('machine', { systemd: 'yes' }),
      recording('machine-root', { systemd: 'yes', uid: 0 }),
      recording('other', { distribution: 'debian-13', uid: 0 }),
      recording('root', { uid: 0 }),
      recording('userns', { uid: 0, userns: 'yes' }),
      recording('without', { node: 'none' }),
      recording('older', { node: 'v20.1.0' }),
    ]);
    expect(groups.map(({ kind, recordings }) => [kind, recordings.map(({ environment }) => environment)])).toEqual([
      ['user', ['usual']],
      ['node', ['older']],
      ['root', ['root']],
      ['userns', ['userns']],
      ['no-node', ['without']],
      ['elsewhere', ['machine', 'machine-root', 'other']],
    ]);
  });

  it('leaves none out', () => {
    const one = [recording('a', { node: 'none' })];
    expect(recordingGroups(one)).toEqual([{ kind: 'no-node', recordings: one }]);
    expect(recordingGroups([])).toEqual([]);
  });
});

describe('changesOf', () => {
  it('names facts of the steps that changed, and not those of the environment', () => {
    const [first, second] = changesOf([
      recording('a', { steps: ['x=1', 'y=2', 'ok 1 - c'] }),
      recording('b', { uid: 0, steps: ['x=1', 'y=3', 'ok 1 - c'] }),
    ]);
    expect(first && isSame(first)).toBe(true);
    expect(second).toEqual({ facts: [{ fact: 'y', before: '2', after: '3' }], skipped: [], ran: 0 });
  });

  it('counts what was skipped by reason, instead of the facts that are missing with it', () => {
    const ran = ['z=1', 'ok 1 - c', 'ok 2 - d', 'ok 3 - e'];
    const skipped = ['ok 1 - c # SKIP no node', 'ok 2 - d # SKIP no node', 'ok 3 - e # SKIP no systemd'];
    expect(changesOf([recording('a', { steps: ran }), recording('b', { steps: skipped })])[1]).toEqual({
      facts: [],
      skipped: [
        { reason: 'no node', count: 2 },
        { reason: 'no systemd', count: 1 },
      ],
      ran: 0,
    });
    expect(changesOf([recording('b', { steps: skipped }), recording('a', { steps: ran })])[1]?.ran).toBe(3);
  });

  it('leaves out what is another number each time, but not among three', () => {
    const each = ['1', '2', '3', '4'].map((value) => recording(value, { steps: [`free=${value}`] }));
    expect(changesOf(each).every(isSame)).toBe(true);
    expect(changesOf(each.slice(0, 3)).map(({ facts }) => facts.length)).toEqual([0, 1, 1]);
  });

  it('has nothing to say about nothing', () => {
    expect(changesOf([])).toEqual([]);
  });
});
