import { describe, expect, it } from 'vitest';
import { machineName, shownValue } from '../../../src/components/machine/values.ts';
import english from '../../../src/content/i18n/en.json' with { type: 'json' };
import korean from '../../../src/content/i18n/ko.json' with { type: 'json' };
import { inScriptOrder, type RecordedMachine, recordedMachines, splitFacts } from '../../../src/site/probe.ts';

describe('shownValue', () => {
  it.each([
    ['limit', '1024:524288', '1024 / 524288'],
    ['limit', '1024:?', '1024 / ?'],
    ['bytes', '8388608:unlimited', '8 MiB / unlimited'],
    ['bytes', '0:819200', '0 B / 800 KiB'],
    ['bytes', '259325952:?', '247.3 MiB / ?'],
    ['mb', '4144', '4144 MiB'],
    ['mb', 'none', 'none'],
    ['number', '9223372036854775807', '9223372036854775807'],
    ['text', 'a:b', 'a:b'],
    ['version', 'v24.1.0', 'v24.1.0'],
  ] as const)('%s %s is %s', (kind, value, shown) => {
    expect(shownValue(kind, value)).toBe(shown);
  });
});

describe('machineName', () => {
  it.each([
    [{ distribution: 'debian-12', shell: 'bash-5.2.15', node: 'v24.21.0' }, 'Debian 12 · bash 5.2 · Node 24'],
    [{ distribution: 'ubuntu-24.04', shell: 'bash-5.2.21', node: 'none' }, 'Ubuntu 24.04 · bash 5.2'],
    [{ distribution: 'opensuse-leap-15.6', node: 'broken' }, 'openSUSE Leap 15.6'],
    [{ distribution: 'arch' }, 'Arch'],
    [{ distribution: 'constructor-1' }, 'constructor 1'],
    [{}, ''],
  ])('%o is %s', (facts, name) => {
    expect(machineName(facts as Record<string, string>)).toBe(name);
  });
});

describe('the recorded machines', () => {
  const machine = (id: string, facts: Record<string, string>): RecordedMachine => ({
    id,
    header: {},
    output: '',
    facts,
  });

  it('begin with ordinary users, one with systemd first, and have a whole output each', () => {
    const machines = recordedMachines();
    expect(machines.slice(0, 3).map(({ id }) => id)).toEqual([
      'debian-12-systemd-user',
      'debian-12-user',
      'debian-13-user',
    ]);
    expect(machines.length).toBeGreaterThanOrEqual(9);
    // A group without a quota has none, and not none at all.
    for (const { facts } of machines) expect(facts['cgroup_cpus']).not.toBe('0.00');
  });

  it('a half one stops the build with the name of its file', () => {
    const header = 'environment: x\n\n$ bash probe.sh\n== probe v1\nos=Linux\n[0] 1 ms\n';
    expect(() => recordedMachines({ '../content/probe/recorded/x.txt': header })).toThrow(/src\/content.*x\.txt/);
  });

  it('are split into what differs and what does not', () => {
    const machines = [
      machine('a', { one: '1', two: '2', three: '3' }),
      machine('b', { one: '1', two: 'x', three: '3' }),
    ];
    const facts = inScriptOrder([{ id: 'two' }, { id: 'three' }, { id: 'one' }], machines);
    expect(facts.map(({ id }) => id)).toEqual(['one', 'two', 'three']);
    expect(splitFacts(facts, machines)).toEqual({ differ: [{ id: 'two' }], same: [{ id: 'one' }, { id: 'three' }] });
  });
});

describe('words', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{\{\s*([\w-]+)\s*\}\}/g)].map(([, name]) => name).sort();
  const keys = Object.keys(korean).filter((key) =>
    /^(machine|checker\.problem)\./.test(key),
  ) as (keyof typeof korean)[];

  it.each(keys)('%s has the same placeholders in both languages', (key) => {
    expect(placeholders(english[key])).toEqual(placeholders(korean[key]));
  });

  const problems = [
    ...['binary', 'cut-off-end', 'cut-off-start', 'empty', 'korean-shell', 'lab-output', 'lab-output.piece'],
    ...['limits-only', 'no-probe-output', 'not-linux', 'other-version', 'refused', 'script-not-found', 'script-text'],
    ...['shell-error', 'too-large'],
  ];

  it('each problem has a sentence of its own that says what to do', () => {
    expect(keys.filter((key) => key.startsWith('machine.problem.')).map((key) => key.slice(16))).toEqual(problems);
    for (const words of [korean, english]) {
      const sentences = problems.map((name) => (words as Record<string, string>)[`machine.problem.${name}`] ?? '');
      expect(new Set(sentences).size).toBe(problems.length);
    }
    for (const name of problems) {
      const key = `machine.problem.${name}`;
      expect((korean as Record<string, string>)[key], key).toMatch(/주세요\.|하게 돼요\.$/);
      expect((english as Record<string, string>)[key], key).toMatch(/\b(?:run|paste|copy|choose|download|wait|go) /i);
    }
  });
});
