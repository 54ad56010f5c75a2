/** What a reader may paste into a lab by mistake: each has a sentence of its own in both languages, which says what to do. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/checker/index.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import { labIds, readLab } from '../../../tools/labs.ts';
import { output } from './fixtures/read.ts';

const all = labIds().map(readLab);
const emfile = readLab('emfile');
const run = (path: string) => parseRecording(readFileSync(path, 'utf8')).runs[0]?.output ?? '';
const probe = run('src/content/probe/recorded/debian-12-user.txt');
const passed = run('src/content/labs/emfile/recorded/debian-12-user.txt');
const words = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`src/content/i18n/${language}.json`, 'utf8'));

const cases: [what: string, paste: string, problem: string][] = [
  ['nothing', '', 'empty'],
  ['a program file', '\u007fELF\u0002\u0001\u0001'.padEnd(200, '\0'), 'binary'],
  ['5 MB', `${passed}\n`.repeat(Math.ceil(5_000_000 / passed.length)), 'too-large'],
  ['the probe', probe, 'probe-output'],
  ['the probe with the block before it', `#!/usr/bin/env bash\n# @probe\n${probe}`, 'probe-output'],
  ['the end of the probe', `shellcheck=no\n== end probe`, 'probe-output'],
  ['a shell in Korean', output('probe-korean-shell.txt'), 'korean-shell'],
  [
    'a limit refused in Korean',
    'bash: 행 1번: ulimit: open files: 제한을 바꿀 수 없음: 명령을 허용하지 않음',
    'korean-shell',
  ],
  ['no such command in Korean', '$ emfile.sh\nemfile.sh: 명령어를 찾을 수 없음', 'korean-shell'],
  ['no such file in Korean', 'bash: emfile.sh: 그런 파일이나 디렉터리가 없습니다', 'script-not-found'],
  ['no such file', 'bash: emfile.sh: No such file or directory', 'script-not-found'],
  ['the steps, line by line', 'bash: step: command not found\nbash: fact: command not found', 'shell-error'],
  ['another lab', run('src/content/labs/nproc/recorded/debian-12-user.txt'), 'other-lab'],
  ['the script', readFileSync('src/content/labs/emfile/lab.sh', 'utf8'), 'script-text'],
  ['the start is missing', passed.slice(passed.indexOf('-- step inherit')), 'cut-off-start'],
  ['the end is missing', passed.slice(0, passed.indexOf('-- step inherit')), 'cut-off-end'],
  ['the refusal of the guard', 'run me with: bash emfile.sh', 'refused'],
  [
    'the refusal of a lab for the browser only',
    'Bail out! This lab harms the machine it runs on. Run it elsewhere.',
    'refused-elsewhere',
  ],
  ['limits of a shell', output('probe-ulimit-bash.txt'), 'no-lab-output'],
  ['a changed script under a Korean locale', output('probe-korean-output.txt'), 'korean-output'],
];

describe.each(cases)('%s', (_, paste, problem) => {
  it(`is ${problem}`, () => {
    expect(judge(paste, emfile, all).problem).toBe(problem);
  });

  it.each(['ko', 'en'])('has a sentence in %s that says what to do', (language) => {
    const sentence = words(language)[`checker.problem.${problem}`] ?? '';
    expect(sentence).toMatch(
      language === 'ko' ? /주세요\.$|있어요\.$/ : /\b(?:run|paste|copy|choose|download|wait|check|cut|save)/i,
    );
  });
});

it('a warning of the shell in Korean does no harm to a run that passed', () => {
  const warning = 'bash: 경고: setlocale: LC_ALL: 로캘을 바꿀 수 없음 (ko_KR.UTF-8): 그런 파일이나 디렉터리가 없습니다';
  const noisy = passed.replace('-- step inherit', `${warning}\n-- step inherit`);
  const verdict = judge(`${warning}\n${noisy}`, emfile, all);
  expect([verdict.outcome, verdict.problem]).toEqual(['passed', undefined]);
});

it('a run that failed for another reason is not blamed on the language', () => {
  const failed = passed.replace(/^opened=\d+$/m, 'opened=99');
  expect(judge(failed, emfile, all)).toMatchObject({ outcome: 'failed' });
  expect(judge(failed, emfile, all).problem).toBeUndefined();
});
