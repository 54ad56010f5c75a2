import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { judge, lintLimitsConf, matchExpectation, parseExpectation, type Verdict } from '../../../src/checker/index.ts';
import { longestPaste } from '../../../src/checker/judge.ts';
import { lab, labs, output } from './fixtures/read.ts';

// Text that nobody wrote for us. A hang shows as a test that runs into its time limit, which is long because machines may be busy.
vi.setConfig({ testTimeout: 60_000 });

const files = ['emfile-user.txt', 'emfile-no-node.txt', 'nproc-root.txt', 'oom-user.txt'];
const outcomes = ['passed', 'failed', 'partial', 'unusable'];
const mismatches = [
  { id: 'a', when: { lines: ['[..][..]a[..]b[..]'] }, cause: { ko: 'ㄱ', en: 'a' }, remedy: { ko: 'ㄱ', en: 'a' } },
];

function sane(verdict: Verdict): void {
  expect(outcomes).toContain(verdict.outcome);
  if (verdict.outcome === 'unusable')
    expect(verdict).toMatchObject({ steps: [], diff: [], problem: expect.any(String) });
}

test('any text has a verdict', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc
      .array(
        fc.constantFrom(
          '== lab emfile v1',
          '== lab oom v1',
          '== end emfile fail=0',
          '-- step node-sockets',
          'ok 1 - stops-below-limit',
          'not ok 2 - x',
          '1..8',
          '1..',
          'opened=20',
          'opened=',
          '__proto__=1',
          'constructor=2',
          '| ',
          '|',
          '',
          '\u001b[',
          '\u001b]0;',
          '\r',
          '\b\b\b',
          '> ',
          'run me with: bash lab.sh',
          '# @lab emfile',
          'ok 99999999999999999999 - a # SKIP',
          '…',
        ),
        { maxLength: 60 },
      )
      .map((lines) => lines.join('\n')),
  );
  fc.assert(
    fc.property(text, (paste) => sane(judge(paste, lab('emfile', { mismatches }), labs))),
    { numRuns: 500 },
  );
});

test('a real output with lines dropped, doubled, swapped and changed has a verdict, and passes only if nothing of weight changed', () => {
  const edit = fc.record({
    kind: fc.constantFrom('drop', 'double', 'swap', 'cut', 'insert'),
    at: fc.nat(200),
    text: fc.string({ unit: 'binary', maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 6 }), (file, edits) => {
      const lines = output(file).trimEnd().split('\n');
      for (const { kind, at, text } of edits) {
        const place = at % Math.max(1, lines.length);
        const line = lines[place] ?? '';
        if (kind === 'drop') lines.splice(place, 1);
        if (kind === 'double') lines.splice(place, 0, line);
        if (kind === 'swap') lines.splice(place, 2, lines[place + 1] ?? '', line);
        if (kind === 'cut') lines[place] = line.slice(0, at % (line.length + 1));
        if (kind === 'insert') lines.splice(place, 0, text);
      }
      const id = file.split('-')[0] ?? '';
      const verdict = judge(lines.join('\n'), lab(id), labs);
      sane(verdict);
      if (verdict.outcome !== 'passed') return;
      // Every check that the expectation names is still there; of those under a "..." the number is.
      const checks = (text: string) => [...text.matchAll(/^ok (\d+) - (\S+)/gm)];
      const left = checks(lines.join('\n'));
      for (const [, number, name = ''] of checks(output(file))) {
        expect(left.map(([, other]) => other)).toContain(number);
        if (lab(id).expected.includes(name)) expect(left.map(([, , other]) => other)).toContain(name);
      }
    }),
    { numRuns: 300 },
  );
});

test('a recorded output passes wherever a terminal put it', () => {
  const noise = fc.array(fc.constantFrom('$ ls', 'lab.sh  notes.txt', 'reader@host:~$ ', '', 'ok then', 'a=b', '^C'), {
    maxLength: 8,
  });
  const end = fc.constantFrom('\n', '\r\n', '\r');
  const dress = fc.constantFrom(
    (line: string) => line,
    (line: string) => `\u001b[32m${line}\u001b[0m`,
    (line: string) => `${line}  `,
  );
  fc.assert(
    fc.property(noise, noise, end, dress, (before, after, lineEnd, dressed) => {
      const lines = output('emfile-user.txt').trimEnd().split('\n').map(dressed);
      const verdict = judge([...before, ...lines, ...after].join(lineEnd), lab('emfile'));
      expect(verdict.outcome).toBe('passed');
    }),
    { numRuns: 60 },
  );
});

test('any expectation is read, and any text compared with it', () => {
  const line = fc.array(
    fc.constantFrom(
      '[..]',
      '[[',
      ']]',
      '[[a]]',
      '[[=a]]',
      '[[b:int>=a]]',
      '[[x|y]]',
      '...',
      '?? ',
      '!! ',
      '@if a=1',
      '@end',
      'a=',
      '1',
      ' ',
      '\\',
      '#',
    ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(
      fc.array(
        line.map((parts) => parts.join('')),
        { maxLength: 12 },
      ),
      fc.string({ maxLength: 100 }),
      (lines, text) => {
        const expectation = parseExpectation(lines.join('\n'));
        if (expectation.errors.length === 0) expect(typeof matchExpectation(expectation, text).ok).toBe('boolean');
        else expect(expectation.errors.every((one) => one.line >= 1 && one.line <= lines.length)).toBe(true);
      },
    ),
    { numRuns: 600 },
  );
});

test('any limits.conf is read: every line has a finding', () => {
  const field = fc.constantFrom(
    '*',
    '@g',
    '%',
    '%g',
    'app',
    'App',
    ':5',
    '5:',
    '5:6',
    '::',
    '-',
    'soft',
    'HARD',
    'nofile',
    'NPROC',
    'rss',
    'as',
    'unlimited',
    '-1',
    '0x4',
    '99999999999999999999999',
    '/*',
    '*/',
    '#',
    ';',
    '\r',
    '\u00a0',
  );
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(field, { maxLength: 6 }).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const text = lines.join('\n');
      const findings = lintLimitsConf(text);
      const count = text.replace(/\n$/, '').split('\n').length;
      expect(new Set(findings.map((one) => one.line)).size).toBe(count);
    }),
    { numRuns: 500 },
  );
});

const mebibyte = (unit: string) => unit.repeat(Math.ceil(longestPaste / unit.length)).slice(0, longestPaste);
const run = (inside: string) => `== lab evil v1\n${inside}`.slice(0, longestPaste);
const evil = lab('emfile', {
  id: 'evil',
  expected: [
    '== lab evil v1',
    '...',
    '[..][..][..]x',
    '...',
    '[..]a[..]a[..]a[[n:int]]',
    '[[a]][[b]][[c]][[d]]!',
    '...',
    '[[aa|a|aaa]][[w]][[aa|a]]x',
    '!! [..]a[..]a[..]x',
    '...',
    '== end evil fail=0',
  ].join('\n'),
  mismatches,
});

test.each([
  ['one line of a', mebibyte('a')],
  ['lines of a', mebibyte(`${'a'.repeat(4000)}\n`)],
  ['short lines', mebibyte('a\n')],
  ['empty lines', mebibyte('\n')],
  ['carriage returns', mebibyte('\r')],
  ['escape', mebibyte('\u001b')],
  ['unfinished CSI', mebibyte('\u001b[')],
  ['CSI without an end', `\u001b[${mebibyte('1;')}`.slice(0, longestPaste)],
  ['CSI intermediate bytes', mebibyte(`\u001b[${' '.repeat(1000)}`)],
  ['unfinished OSC', mebibyte('\u001b]0;title ')],
  ['unfinished DCS', mebibyte('\u001bPq')],
  ['palette', mebibyte('\u001b]P')],
  ['C1 controls', mebibyte('\u009b\u009d\u0090')],
  ['backspaces', mebibyte('a\b\b')],
  ['starts of labs', mebibyte('== lab evil v1\n')],
  ['quoted starts', mebibyte('> > > > > > == lab evil v1\n')],
  ['ends of labs', mebibyte('== end evil fail=0\n')],
  ['checks', mebibyte('ok 1 - a\n')],
  ['skipped checks', mebibyte('ok 1 - a # SKIP b\n')],
  ['steps', mebibyte('-- step a\n')],
  ['different steps', Array.from({ length: 60_000 }, (_, at) => `-- step s${at}`).join('\n')],
  ['facts', mebibyte('a=b\n')],
  ['digits', mebibyte(`${'1'.repeat(3999)}\n`)],
  ['minus signs', mebibyte('-1-1-1-1\n')],
  ['wide lines for the joiner', mebibyte(`${'a'.repeat(80)}\n`)],
])('1 MiB of %s, bare and inside a run', (_, text) => {
  sane(judge(text, evil, labs));
  sane(judge(run(text), evil, labs));
  lintLimitsConf(text);
});

test('patterns that would backtrack for ever in a regular expression', () => {
  const expectation = parseExpectation(`${'[..]'.repeat(30)}x\n${'[..][[n:int]]'.repeat(20)}y\n`);
  expect(matchExpectation(expectation, `${'a'.repeat(4000)}\n${'1'.repeat(4000)}`).ok).toBe(false);
});
