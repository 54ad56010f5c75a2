/** A lab's parts agree: its script, its expectation, its description and the helpers that all scripts share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseExpectation } from '../../../src/checker/index.ts';
import { labSchema, mismatchSchema } from '../../../src/site/schemas/runnables.ts';
import { labIds, labsFolder, withPrelude } from '../../../tools/sync-prelude.ts';

const read = (...path: string[]) => readFileSync(join(labsFolder, ...path), 'utf8');
const prelude = read('prelude.sh');

/** The script's own part, without the helpers and without the programs that it writes into files. */
function body(script: string): string {
  const own = script.slice(script.indexOf('# --- prelude end ---'));
  return own.replaceAll(/<<'(\w+)'\n[\s\S]*?\n\1\n/g, '\n');
}

const ids = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, id = '']) => id);

/** The ids of all checks, in the order of the script: those of "check ID …" and of "skip REASON ID…". */
function checksOf(script: string): Set<string> {
  const checked = ids(body(script), /^ *check ([a-z0-9-]+) /gm);
  const skipped = ids(body(script), /^ *skip (?:"[^"]*"|'[^']*') ([a-z0-9 -]+)$/gm).flatMap((list) => list.split(' '));
  return new Set([...checked, ...skipped]);
}

/** How a script asks whether it is on the machine that may be thrown away, and what it says where it is not. */
const question = 'if ! grep -qsF \'lab.machine=throw-away\' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then';
const refusal = `  echo 'Bail out! This lab harms the machine it runs on. Run it on the throw-away Linux in the browser: the button is on its page.'`;

describe.each(labIds())('%s', (id) => {
  const script = read(id, 'lab.sh');
  const expected = read(id, 'expected.txt');
  const lab = labSchema.parse(parse(read(id, 'lab.yaml')));

  it('has the shared helpers as they are', () => {
    expect(withPrelude(script, prelude)).toBe(script);
  });

  it('says at its top what it is', () => {
    expect(script.split('\n').slice(0, 2)).toEqual(['#!/usr/bin/env bash', `# @lab ${id}`]);
    for (const word of ['@user', '@needs', '@cost', '@cleanup']) expect(script).toContain(`\n# ${word} `);
    expect(script).toContain(`\nbegin ${id}\n`);
  });

  const { browser } = lab;
  if (browser?.runs && browser.only)
    it('looks where it is before it does anything', () => {
      const [before = ''] = script.split('# --- prelude end ---\n')[1]?.split(`\nbegin ${id}\n`) ?? [];
      const commands = before.split('\n').filter((line) => !/^(?:#|$)/.test(line));
      expect(commands).toEqual([question, refusal, '  exit 3', 'fi']);
      expect([lab.user, browser.as]).toEqual(['browser', 'root']);
      expect(read(id, 'solution.sh')).toContain(`\nset -u\n${question}\n  echo 'SKIP `);
    });

  it('survives being pasted: printable ASCII only', () => {
    expect(script).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it('sets limits in subshells only', () => {
    // Every line that changes a limit is indented: it stands in ( ... ) or in a function that opens one.
    const changing = body(script)
      .split('\n')
      .filter((line) => /\bulimit -[SHcnuv]+ [^)]/.test(line) && !/\$\(ulimit/.test(line));
    for (const line of changing) expect(line, line).toMatch(/^ {2,}/);
  });

  it('starts no Node without a time limit', () => {
    const starts = body(script)
      .split('\n')
      .filter((line) => /(^|\s)node (-|"|\$)/.test(line) && !/^\s*#/.test(line));
    for (const line of starts) expect(line, line).toMatch(/timeout \d+ node|^ {6}node --max/);
  });

  it('describes its steps, in the order of the script', () => {
    const described = lab.steps.map((step) => step.id);
    expect(ids(body(script), /^step ([a-z0-9-]+)$/gm)).toEqual(described);
    expect(ids(expected, /^-- step ([a-z0-9-]+)$/gm)).toEqual(described);
  });

  it('describes its checks, and expects all of them', () => {
    const described = Object.keys(lab.checks);
    expect([...checksOf(script)].sort()).toEqual([...described].sort());
    expect([...new Set(ids(expected, /^ok \d+ - ([a-z0-9-]+)/gm))]).toEqual(described);
    expect(expected).toContain(`\n1..${described.length}\n`);
  });

  it('has an expectation without mistakes', () => {
    expect(parseExpectation(expected).errors).toEqual([]);
  });

  it('names causes that the schema takes, about checks that exist', () => {
    const { mismatches } = mismatchSchema.parse(parse(read(id, 'mismatches.yaml')));
    const checks = Object.keys(lab.checks);
    for (const { when } of mismatches)
      for (const check of [...(when.failed ?? []), ...(when.skipped ?? [])]) expect(checks).toContain(check);
  });

  it('speaks Korean politely and in one register', () => {
    for (const { explain } of lab.steps) expect(explain.ko).not.toMatch(/(습니다|십시오)[.]/);
    for (const box of [lab.risk.ko, lab.undo.ko]) expect(box).not.toMatch(/(?:해|예|어|아|에)요[.]/);
  });
});

it('notices helpers that were changed in one lab only', () => {
  const script = read('emfile', 'lab.sh').replace('count=0', 'count=1');
  expect(withPrelude(script, prelude)).not.toBe(script);
});

it('refuses a script without the marker lines', () => {
  expect(() => withPrelude('#!/usr/bin/env bash\n', prelude)).toThrow('lacks the line');
});
