import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeLimitsConf, limitsConfCodes, lintLimitsConf } from '../../../src/checker/index.ts';

/** Findings as "level code"; those of a text of one line. */
const codes = (text: string) => lintLimitsConf(text).map(({ level, code }) => `${level} ${code}`);
const first = (text: string) => lintLimitsConf(text)[0];

test.each([
  ['', 'comment blank'],
  ['   \t', 'comment blank'],
  ['# app soft nofile 4096', 'comment comment'],
  ['  # indented', 'comment comment'],
  ['app soft nofile 4096', 'rule rule'],
  ['app  hard\tNOFILE   4096  # remark', 'rule rule'],
  ['app - nofile 4096#remark', 'rule rule'],
  ['APP SOFT nofile 4096'.toLowerCase(), 'rule rule'],
  ['app - core unlimited', 'rule rule'],
  ['app - memlock -1', 'rule rule'],
  ['app - maxlogins 4', 'rule rule-session'],
  ['app any maxlogins 4', 'rule rule-session'],
  ['app - priority -5', 'rule rule-session'],
  ['app - nice -20', 'rule rule'],
  ['%app - maxlogins 4', 'rule rule-session'],
  ['1001: - core 1', 'rule rule'],
  ['1001:1005 - core 1', 'rule rule'],
  ['app -', 'rule no-limits'],
  ['@staff -', 'rule no-limits'],
  ['* -', 'ignored no-limits-nobody'],
  ['/* limits */', 'error not-a-comment'],
  ['/* four fields it has', 'error not-a-comment'],
  ['*/', 'error not-a-comment'],
  ['// app soft nofile 1', 'error not-a-comment'],
  ['; app soft nofile 1', 'error not-a-comment'],
  [';app soft nofile 1', 'error not-a-comment'],
  ['/ app', 'error not-a-comment'],
  ['app hard', 'error invalid-line'],
  ['app hard nofile', 'error invalid-line'],
  ['* app limits', 'error invalid-line'],
  ['app soft nofiles 4096', 'error unknown-item'],
  ['app soft files 4096', 'error unknown-item'],
  ['app both nofile 4096', 'error unknown-type'],
  ['app constructor nofile 4096', 'error unknown-type'],
  ['app soft nofile many', 'error wrong-value'],
  ['app - nonewprivs yes', 'error wrong-value'],
  ['app - priority unlimited', 'error wrong-value'],
  [':: - core 1', 'error invalid-range'],
  [': - core 1', 'error invalid-range'],
  ['a:b - core 1', 'error invalid-range'],
  ['1:b', 'error invalid-range'],
  ['\ufeffapp - core 1', 'error invisible-character'],
  ['app\u00a0- core 1', 'error invisible-character'],
  ['% - nofile 1', 'ignored percent-only-maxlogins'],
  ['%1:5 - maxlogins 1', 'ignored percent-range'],
  ['app - rss 1000', 'ignored rss-ignored'],
  ['app - locks 10', 'ignored locks-ignored'],
])('%j: %s', (text, finding) => expect(codes(text)[0]).toBe(finding));

test.each([
  ['* soft nofile 4096', 'wildcard-not-root'],
  ['@staff soft nofile 4096', 'group-not-root'],
  [':2000 - core 1', 'range-is-exact'],
  ['App soft nofile 4096', 'domain-case'],
  ['app soft nofile 4096 more', 'value-trailing'],
  ['app soft nofile 4096abc', 'value-cut'],
  ['app soft core 0x10', 'value-cut'],
  ['app soft core -3', 'value-negative'],
  ['app soft nofile unlimited', 'nofile-unlimited'],
  ['app soft nofile infinity', 'nofile-unlimited'],
  ['app soft nofile 99999999999999999999999', 'nofile-unlimited'],
  ['app soft nofile 1048577', 'nofile-too-large'],
  ['app - nofile 3', 'nofile-too-small'],
  ['app - as 4194304', 'as-breaks-node'],
  ['app - maxlogins 0', 'no-login'],
  ['app - chroot /srv', 'chroot-debian-only'],
  ['app - rttime 1000', 'rttime-newer-pam'],
  ['app - core 5\r\n', 'crlf'],
])('%j is a rule with the warning %s', (text, code) => {
  const [rule, warning] = codes(text);
  expect(rule).toMatch(/^rule /);
  expect(warning).toBe(`warning ${code}`);
});

test('no warning where there is nothing to warn of', () => {
  expect(codes('app soft nofile 1048576\napp hard nofile 1048576\nroot - nofile 4')).toEqual([
    'rule rule',
    'rule rule',
    'rule rule',
  ]);
});

test('what a rule sets, for whom', () => {
  expect(first('@staff - cpu 2')).toMatchObject({
    params: { whom: 'group', type: 'both', item: 'cpu', value: '2', unit: ' min' },
  });
  expect(first('* hard memlock 64')).toMatchObject({ params: { whom: 'everyone', type: 'hard', unit: ' KiB' } });
  expect(first('1001: soft nproc 0020')).toMatchObject({ params: { whom: 'uid-from', domain: '1001:', value: '20' } });
  expect(first('app soft nfile 1')).toMatchObject({ code: 'unknown-item', params: { meant: 'nofile' } });
  expect(first('app soft whatever 1')).toMatchObject({ params: { meant: '' } });
});

describe('across lines', () => {
  test('the body of a C comment is live', () => {
    expect(
      lintLimitsConf('/* raise files\n * for the app\n * soft nofile 100\n app hard nofile 7\n */\n* soft nproc 5').map(
        ({ line, code }) => `${line} ${code}`,
      ),
    ).toEqual([
      '1 not-a-comment',
      '2 not-a-comment',
      '3 rule',
      '3 live-in-comment',
      '3 wildcard-not-root',
      '4 rule',
      '4 live-in-comment',
      '5 not-a-comment',
      '6 rule',
      '6 wildcard-not-root',
    ]);
  });
  test('a comment that is never closed ends with its line', () => {
    expect(codes('/* soft core 0\n* hard nofile 9000')).not.toContain('warning live-in-comment');
  });
  test('a later line of the same domain replaces an earlier one, also half by half', () => {
    expect(codes('app - core 1\napp soft core 2')).toEqual(['rule rule', 'rule rule', 'warning soft-above-hard']);
    expect(codes('app - core 5\napp soft core 2\napp hard core 3')).toEqual([
      'ignored overridden',
      'rule rule',
      'rule rule',
    ]);
    expect(lintLimitsConf('app soft core 1\nother soft core 1\napp soft core 2')[0]).toMatchObject({
      code: 'overridden',
      params: { by: '3' },
    });
  });
  test('a soft limit above the hard one', () => {
    expect(codes('app hard nofile 200\napp soft nofile 300')).toContain('warning soft-above-hard');
    expect(codes('app soft core unlimited\napp hard core 300')).toContain('warning soft-above-hard');
    expect(codes('app soft nofile 200\napp hard nofile 300\napp soft core 5\napp hard core unlimited')).not.toContain(
      'warning soft-above-hard',
    );
  });
  test('Windows line ends are named once', () => {
    expect(codes('app - core 1\r\napp - nproc 2\r\n').filter((one) => one.endsWith('crlf'))).toHaveLength(1);
  });
  test('too much text', () => expect(codes('a\n'.repeat(600_000))).toEqual(['error too-large']));
});

describe.each(['ko', 'en'])('sentences in %s', (language) => {
  const strings = JSON.parse(
    readFileSync(new URL(`../../../src/content/i18n/${language}.json`, import.meta.url), 'utf8'),
  ) as Record<string, string>;
  const placeholders = (key: string) => [...(strings[key] ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
  test.each(Object.entries(limitsConfCodes))('%s has one, with placeholders that it gets', (code, params) => {
    expect(strings[`limitsconf.${code}`]).toBeTruthy();
    for (const name of placeholders(`limitsconf.${code}`)) expect(params).toContain(name);
  });
  test('a finding in words has no gap', () => {
    const say = (key: string, params: Record<string, string>) => {
      const text = strings[key];
      if (text === undefined) throw new Error(`no string ${key}`);
      return text.replace(/\{\{(\w+)\}\}/g, (gap, name: string) => params[name] ?? gap);
    };
    const text =
      'app soft nofile 1\n@g hard core unlimited\n* - cpu 2\n1: - core 1\n:1 - core 1\n1:2 - core 1\n@1: - core 1\n@1:2 - core 1\n@:1 - core 1\n%g - maxlogins 1\n% - maxlogins 1\n%:1 - maxlogins 1\napp soft nofiles 1\napp soft zzzzzz 1\n* -\napp -\n';
    for (const finding of lintLimitsConf(text))
      expect(describeLimitsConf(finding, say)).not.toMatch(/\{\{|undefined|^$/);
  });
});
