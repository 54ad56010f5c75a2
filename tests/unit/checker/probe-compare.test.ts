/** One machine beside another: which facts differ, why, and which recorded machine is nearest. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readProbe } from '../../../src/checker/probe.ts';
import {
  compareMachines,
  expectedCauses,
  type FactRules,
  fits,
  nearest,
  ruleOf,
  sharedFacts,
} from '../../../src/checker/probe-compare.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import { type ProbeFact, probeFactSchema } from '../../../src/site/probe-schema.ts';
import { labIds, labsFolder, readLab } from '../../../tools/labs.ts';

const folder = 'src/content/probe';
const facts = (parse(readFileSync(`${folder}/facts.yaml`, 'utf8')) as unknown[]).map((one) =>
  probeFactSchema.parse(one),
);
const run = (path: string) => parseRecording(readFileSync(path, 'utf8')).runs[0]?.output ?? '';
const machines = Object.fromEntries(
  readdirSync(`${folder}/recorded`).map((name) => [
    name.replace('.txt', ''),
    readProbe(run(`${folder}/recorded/${name}`)).facts,
  ]),
);
const user = machines['debian-12-user'] ?? {};
const whyOf = (id: string, mine: Record<string, string>, theirs: Record<string, string> = user): string => {
  const row = compareMachines(mine, theirs, facts).find((one) => one.id === id);
  return facts.find((one) => one.id === id)?.rules[row?.rule ?? -1]?.why.en ?? '';
};

describe('facts.yaml', () => {
  it('explains what the probe prints, in its order, under its steps', () => {
    expect(facts.map(({ id }) => id)).toEqual(Object.keys(user));
    const output = run(`${folder}/recorded/debian-12-user.txt`).split('\n');
    let step = 'system';
    for (const line of output) {
      step = /^-- step (.*)$/.exec(line)?.[1] ?? step;
      const id = /^([a-z0-9_]+)=/.exec(line)?.[1];
      if (id) expect(facts.find((one) => one.id === id)?.group, id).toBe(step);
    }
  });

  it('has patterns that can be read, of facts that there are', () => {
    for (const { id, rules } of facts)
      for (const { when } of rules) {
        const patterns = [when.mine, when.theirs, ...Object.values(when.where ?? {})].filter(
          (one) => one !== undefined,
        );
        // A pattern that cannot be read fits nothing, not even itself without its marks.
        for (const one of patterns) expect([id, one, fits(`[..]${one}[..]`, sample(one))]).toEqual([id, one, true]);
        for (const name of Object.keys(when.where ?? {})) expect(user).toHaveProperty(name);
      }
  });

  it('names labs that there are', () => {
    const named = new Set(facts.flatMap(({ labs, rules }) => [...labs, ...rules.flatMap((rule) => rule.labs)]));
    expect([...named].filter((id) => id !== 'every' && !labIds().includes(id))).toEqual([]);
  });

  it('has no rule that another one before it hides', () => {
    for (const { id, rules } of facts)
      for (const [at, { when }] of rules.entries())
        if (at < rules.length - 1) expect(Object.keys(when).length, `${id}, rule ${at + 1}`).toBeGreaterThan(0);
  });
});

/** A text that a pattern fits. */
function sample(pattern: string): string {
  return pattern
    .replace(/\[\[([^\]]*)\]\]/g, (_, body: string) => {
      if (body.includes('|')) return body.split('|')[0] ?? '';
      const [, , operator = '', bound = '0'] = /^(\w+):int([<>]=?)(\d+)$/.exec(body) ?? [];
      return operator.startsWith('<') ? `${Number(bound) - 1}` : `${Number(bound) + 1}`;
    })
    .replaceAll('[..]', '7');
}

describe('comparing', () => {
  it.each(Object.entries(machines))('%s with itself: nothing differs', (_, machine) => {
    expect(compareMachines(machine, machine, facts).filter(({ same }) => !same)).toEqual([]);
  });

  it('explains every difference between any two recorded machines, in both directions', () => {
    for (const mine of Object.values(machines))
      for (const theirs of Object.values(machines))
        for (const row of compareMachines(mine, theirs, facts)) expect(row.rule >= 0).toBe(!row.same);
  });

  it.each([
    ['limit_nofile', '1024:524288', 'defaults of systemd'],
    ['limit_nofile', '128:128', 'will be skipped'],
    ['limit_nofile', '4096:4096', 'lower value'],
    ['limit_nofile', '1048576:1048576', 'container runtime'],
    ['limit_nofile', '30000:30000', 'higher value'],
    ['limit_nproc', '31000:31000', 'less memory'],
    ['limit_nproc', 'unlimited:unlimited', 'no limit'],
    ['limit_cpu', '60:60', 'Somebody lowered'],
    ['node', 'v16.20.2', 'older than 18'],
    ['node', 'none', 'no Node'],
    ['node_heap_mb', '2096', 'less memory'],
    ['node_heap_mb', 'none', 'could not be measured'],
    ['login_shell', 'fish', '`<<`'],
    ['cgroup_memory_mb', '512', 'below 700'],
  ])('%s=%s: %s', (id, value, words) => {
    expect(whyOf(id, { ...user, [id]: value })).toContain(words);
  });

  it('a rule may look at other facts', () => {
    const wsl = { ...user, systemd: 'no', wsl: 'yes' };
    expect(whyOf('systemd', wsl, { ...user, systemd: 'yes' })).toContain('wsl.conf');
    expect(whyOf('systemd', { ...wsl, wsl: 'no' }, { ...user, systemd: 'yes' })).toContain('There is no systemd');
  });

  it('says nothing about what was not pasted, and compares the soft limit alone where only that is known', () => {
    const [nofile = ''] = (user['limit_nofile'] ?? '').split(':');
    const rows = compareMachines({ limit_nofile: `${nofile}:?`, limit_stack: '1024:?' }, user, facts);
    expect(rows.map(({ id, same }) => [id, same])).toEqual([
      ['limit_stack', false],
      ['limit_nofile', true],
    ]);
  });

  it('treats names of JavaScript as any other name', () => {
    const odd: FactRules[] = [{ id: 'constructor', weight: 1, rules: [{ when: {} }] }];
    const none: Record<string, string> = Object.create(null);
    expect(compareMachines(none, none, odd)).toEqual([]);
    expect(ruleOf({ id: 'toString', rules: [{ when: { mine: '[..]' } }] }, none)).toBe(-1);
  });
});

describe('the nearest machine', () => {
  it.each(Object.entries(machines))('of %s is itself', (name, machine) => {
    expect(nearest(machine, machines, facts)[0]).toBe(name);
  });

  it('is one with the same major version of Node, whatever its patch', () => {
    expect(nearest({ ...user, node: 'v20.1.0', node_heap_mb: '4144' }, machines, facts)[0]).toMatch(/node-20$/);
  });

  it('is the root one for root', () => {
    const root = { ...user, uid_class: 'root', cap_sys_admin: 'yes' };
    expect(nearest(root, machines, facts)[0]).toBe('debian-12-root');
  });
});

describe('what to expect of a lab', () => {
  const ids = (lab: string, machine: Record<string, string>) =>
    expectedCauses(readLab(lab).mismatches, machine).map(({ id }) => id);

  it('is known from the facts that the lab prints itself', () => {
    expect(ids('emfile', user)).toEqual([]);
    expect(ids('emfile', machines['debian-12-no-node'] ?? {})).toEqual(['no-node']);
    expect(ids('emfile', { ...user, prlimit: 'no', hard_raise: 'allowed' })).toEqual(['privileged', 'no-prlimit']);
    expect(ids('oom', { ...user, node: 'broken' })).toEqual(['node-does-not-start']);
  });

  it('leaves out what only a run can show', () => {
    const cause = (id: string, when: object) => ({ id, when });
    const causes = [
      cause('fact', { facts: { os: 'Linux' } }),
      cause('other fact', { facts: { os: 'Linux', exempt: '[..]' } }),
      cause('lines', { facts: { os: 'Linux' }, lines: ['[..]'] }),
      cause('missing', { missing: ['exempt'] }),
      cause('failed', { facts: { os: 'Linux' }, failed: ['a'] }),
    ];
    expect(expectedCauses(causes, { ...user, exempt: 'yes' }).map(({ id }) => id)).toEqual(['fact']);
  });

  it('rests on facts that the prelude of the labs finds out in the same way', () => {
    const prelude = readFileSync(`${labsFolder}/prelude.sh`, 'utf8');
    const script = readFileSync(`${folder}/probe.sh`, 'utf8');
    for (const name of ['in_container', 'cgroup_version', 'in_userns', 'distribution']) {
      const body = (text: string) => text.slice(text.indexOf(`\n${name}() {`)).split('\n}\n')[0];
      expect(body(script), name).toBe(body(prelude));
    }
    const begin = [...prelude.slice(prelude.indexOf('begin() {')).matchAll(/^ {2}fact (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(begin.filter((name) => name !== 'uid' && !sharedFacts.has(name ?? ''))).toEqual([]);
    for (const name of sharedFacts) expect(user, name).toHaveProperty(name);
  });

  it.each(labIds())('%s: the shared facts of its recordings are those of the probe there', (id) => {
    for (const file of readdirSync(`${labsFolder}/${id}/recorded`)) {
      const machine = machines[file.replace('.txt', '')];
      if (!machine) continue;
      const printed = new Map(
        run(`${labsFolder}/${id}/recorded/${file}`)
          .split('\n')
          .map((line) => line.split('=', 2) as [string, string]),
      );
      // The machine may have been updated between two recordings.
      for (const name of sharedFacts)
        if (printed.has(name) && name !== 'kernel')
          expect([file, name, printed.get(name)]).toEqual([file, name, machine[name]]);
    }
  });
});

it('a schema that is not strict would let a typing error pass', () => {
  const [first] = facts as [ProbeFact];
  expect(probeFactSchema.safeParse(first).success).toBe(true);
  expect(probeFactSchema.safeParse({ ...first, rules: [{ when: { mine: 'x' }, why: first.name }] }).success).toBe(
    false,
  );
  expect(probeFactSchema.safeParse({ ...first, typo: 1 }).success).toBe(false);
});
