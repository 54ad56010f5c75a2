import { describe, expect, test } from 'vitest';
import { judge, type Mismatch, type Verdict } from '../../../src/checker/index.ts';
import { fixture, lab, labs, output } from './fixtures/read.ts';

const outcomeOf = ({ outcome, problem }: Verdict) => (problem ? `${outcome}: ${problem}` : outcome);
const user = output('emfile-user.txt');
const emfile = lab('emfile');
const withLine = (text: string, from: string | RegExp, to: string) => {
  expect(text).toMatch(from);
  return text.replace(from, to);
};

describe('real outputs', () => {
  test.each([
    ['emfile', 'emfile-user.txt', 'passed'],
    ['emfile', 'emfile-root.txt', 'passed'],
    ['emfile', 'emfile-no-node.txt', 'partial'],
    ['emfile', 'emfile-dash.txt', 'unusable: refused'],
    ['emfile', 'emfile.sh.txt', 'unusable: script-text'],
    ['nproc', 'nproc-user.txt', 'passed'],
    ['nproc', 'nproc-root.txt', 'passed'],
    ['oom', 'oom-user.txt', 'partial'],
  ])('%s of %s: %s', (id, file, outcome) => {
    const verdict = judge(fixture(file), lab(id), labs);
    expect(outcomeOf(verdict)).toBe(outcome);
    const rows = verdict.diff.filter(({ kind }) => kind !== 'same' && kind !== 'any');
    expect(rows).toEqual([]);
  });

  test('a wrong total at the end is no failure of the last step', () => {
    const broken = withLine(withLine(user, 'ok 3 - message-emfile', 'not ok 3 - message-emfile'), 'fail=0', 'fail=1');
    const { outcome, steps } = judge(broken, emfile);
    expect(outcome).toBe('failed');
    expect(steps.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual(['bash-open-until-fail']);
  });

  test('steps in the expected order, each with its checks; a skipped check stands in its own step', () => {
    const { steps } = judge(output('emfile-no-node.txt'), emfile);
    expect(steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'bash-open-until-fail passed',
      'node-open-until-fail skipped',
    ]);
    expect(steps[1]?.checks).toEqual([{ id: 'node-emfile', status: 'skipped', reason: 'node not found' }]);
    expect(judge(output('nproc-user.txt'), lab('nproc')).steps.map(({ id }) => id)).toEqual([
      'limit-1',
      'limit-used-plus-8',
      'threads-count',
      'ceilings',
    ]);
  });

  test('facts are kept', () => {
    const { facts } = judge(user, emfile);
    expect(facts).toMatchObject({ os: 'Linux', node_hard: '256', sock_error: 'EMFILE connect' });
    expect(facts['constructor']).toBeUndefined();
  });
});

describe('what a terminal does to an output', () => {
  const colour = (text: string) => text.replace(/^(not )?ok/gm, '\u001b[1;32m$&\u001b[0m').replace(/$/gm, '\u001b[K');
  test.each([
    ['CRLF', user.replaceAll('\n', '\r\n')],
    ['CRLF twice', user.replaceAll('\n', '\r\r\n')],
    ['CR', user.replaceAll('\n', '\r')],
    ['colours', colour(user)],
    ['window title and bracketed paste', `\u001b]0;reader@host: ~\u0007\u001b[200~${user}\u001b[201~`],
    ['backspaces', user.replaceAll('opened', 'openes\bd')],
    ['trailing spaces', user.replaceAll('\n', '   \n')],
    ['no-break spaces', user.replaceAll(' ', '\u00a0')],
    ['no final line feed', user.trimEnd()],
    ['prompts around it', `reader@host:~$ bash lab.sh\n${user}reader@host:~$ exit\nlogout\n`],
    [
      'scroll-back around it',
      `${'make: ok\nok 1 - other\nuid=0\n'.repeat(200)}$ bash lab.sh\n${user}${'$ ls\nlab.sh\n'.repeat(200)}`,
    ],
    [
      'the script before it, as a here-document',
      `$ cat > lab.sh <<'LAB'\n${fixture('emfile.sh.txt').replace(/^/gm, '> ')}LAB\n$ bash lab.sh\n${user}`,
    ],
    ['a quotation', user.replace(/^/gm, '> ').replace(/ $/gm, '')],
    ['an indented block', user.replace(/^(?=.)/gm, '    ')],
    ['a frame of tmux', user.replace(/^(?=.)/gm, '│')],
    ['an aborted run before it', `${user.slice(0, 300)}\n^C\n$ bash lab.sh\n${user}`],
    ['an aborted run after it', `${user}$ bash lab.sh\n${user.slice(0, 300)}\n^C\n`],
    ['a failed run before it', `${withLine(user, 'opened=20', 'opened=99')}$ bash lab.sh\n${user}`],
    ['another lab before and after it', `${output('oom-user.txt')}${user}${output('nproc-user.txt')}`],
    [
      'a remark of the shell in the middle',
      withLine(user, /\nnode_error/, '\nbash: warning: setlocale: LC_ALL: cannot change locale\nnode_error'),
    ],
  ])('%s: passed', (_, paste) => expect(outcomeOf(judge(paste, emfile))).toBe('passed'));

  test('lines that a console broke at 80 columns are joined', () => {
    const oom = output('oom-user.txt');
    const wrapped = oom.split('\n').flatMap((line) => line.match(/.{1,80}/g)?.map((one) => one.trimEnd()) ?? ['']);
    expect(wrapped.length).toBeGreaterThan(oom.split('\n').length);
    expect(judge(wrapped.join('\n'), lab('oom')).diff.every(({ kind }) => kind === 'same')).toBe(true);
  });

  test('of several runs the last complete one counts', () => {
    const bad = withLine(user, 'opened=20', 'opened=99');
    expect(outcomeOf(judge(user + bad, emfile))).toBe('failed');
    expect(judge(user + bad, emfile).facts['opened']).toBe('99');
  });
});

describe('outputs that do not pass', () => {
  test('a number out of bounds: the row says why, and its step failed', () => {
    const verdict = judge(withLine(user, 'opened=20', 'opened=99'), emfile);
    expect(outcomeOf(verdict)).toBe('failed');
    expect(verdict.diff.filter(({ kind }) => kind !== 'same')).toEqual([
      expect.objectContaining({ kind: 'different', actual: 'opened=99', why: 'opened = 99 ↔ <= 31' }),
      expect.objectContaining({ kind: 'different', actual: 'fd_count=26', why: 'fds = 26 ↔ >= opened (99)' }),
    ]);
    expect(verdict.steps.map(({ status }) => status)).toEqual(['failed', 'passed', 'passed', 'passed']);
  });
  test('a failed check', () => {
    const paste = withLine(
      user,
      'ok 3 - message-emfile',
      "not ok 3 - message-emfile\n# saw '0', wanted: -ge '1'",
    ).replace('fail=0', 'fail=1');
    const verdict = judge(paste, emfile);
    expect(outcomeOf(verdict)).toBe('failed');
    expect(verdict.steps[0]).toMatchObject({ status: 'failed' });
    expect(verdict.diff).toContainEqual({
      kind: 'different',
      expected: 'ok [..] - message-emfile',
      actual: 'not ok 3 - message-emfile',
      why: '',
    });
  });
  test('ENFILE instead of EMFILE', () => {
    const verdict = judge(withLine(user, '| Too many open files', '| Too many open files in system'), emfile);
    expect(outcomeOf(verdict)).toBe('failed');
    expect(verdict.diff).toContainEqual({
      kind: 'forbidden',
      expected: '| [..]in system[..]',
      actual: '| Too many open files in system',
    });
  });
  test('the check lines alone', () => {
    const only = user
      .split('\n')
      .filter((line) => /^(==|--|ok|1\.\.)/.test(line))
      .join('\n');
    expect(outcomeOf(judge(only, emfile))).toBe('partial');
    expect(judge(only, emfile).diff).toContainEqual({ kind: 'missing', expected: 'opened=[[opened:int>=5<=31]]' });
  });
  test('another version of the lab', () => {
    expect(outcomeOf(judge(user.replace('emfile v1', 'emfile v2'), emfile))).toBe('failed');
  });
  test('a fact that the lab does not print', () => {
    expect(outcomeOf(judge(withLine(user, 'fd_count', 'more=1\nfd_count'), emfile))).toBe('partial');
  });
  test('an end that counts other failures than the checks', () => {
    const loose = lab('emfile', {
      expected: emfile.expected.replace('== end emfile fail=0', '== end emfile fail=[..]'),
    });
    expect(outcomeOf(judge(user, loose))).toBe('passed');
    expect(outcomeOf(judge(user.replace('fail=0', 'fail=2'), loose))).toBe('partial');
  });
});

describe('removing any check never passes', () => {
  test.each(['emfile-user.txt', 'nproc-root.txt', 'nproc-user.txt'])('%s', (file) => {
    const lines = output(file).split('\n');
    const id = file.split('-')[0] ?? '';
    for (const [at, line] of lines.entries()) {
      if (!line.startsWith('ok ')) continue;
      for (const plan of [lines, lines.map((one) => one.replace(/^1\.\.(\d+)$/, (_, n) => `1..${n - 1}`))]) {
        const paste = plan.toSpliced(at, 1).join('\n');
        // With the plan changed as well, only the numbers or the expectation can tell.
        if (plan !== lines && lab(id).expected.includes('...')) continue;
        expect(outcomeOf(judge(paste, lab(id)))).not.toBe('passed');
      }
    }
  });
});

describe('parts of an output', () => {
  const at = (mark: string) => user.indexOf(mark);
  test('the start is cut off', () => {
    const verdict = judge(user.slice(at('-- step node-open')), emfile);
    expect(outcomeOf(verdict)).toBe('partial: cut-off-start');
    expect(verdict.steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'bash-open-until-fail missing',
      'node-open-until-fail passed',
      'node-raises-soft-to-hard passed',
      'node-sockets passed',
    ]);
  });
  test('the end is cut off: what was printed counts', () => {
    const verdict = judge(`${user.slice(0, at('-- step node-raises'))}^C\n$ `, emfile);
    expect(outcomeOf(verdict)).toBe('partial: cut-off-end');
    expect(verdict.steps.map(({ status }) => status)).toEqual(['passed', 'passed', 'missing', 'missing']);
    expect(verdict.diff.filter(({ kind }) => kind === 'unexpected')).toEqual([]);
  });
  test('one step only', () => {
    const verdict = judge(user.slice(at('-- step node-open'), at('-- step node-raises')), emfile, labs);
    expect(outcomeOf(verdict)).toBe('partial: cut-off-start');
    expect(verdict.steps.find(({ id }) => id === 'node-open-until-fail')?.status).toBe('passed');
  });
  test('a wrong line in a part still fails', () => {
    const part = withLine(user, 'node_maxfd=95', 'node_maxfd=94').slice(at('-- step node-open'));
    expect(outcomeOf(judge(part, emfile))).toBe('failed: cut-off-start');
  });
  test('lines whose condition depends on a fact that was cut off are not held against the rest', () => {
    const verdict = judge(user.slice(at('-- step node-sockets')), emfile);
    expect(verdict.diff.filter(({ kind }) => kind === 'unexpected')).toEqual([]);
    expect(outcomeOf(verdict)).toBe('partial: cut-off-start');
  });
  test('where steps were skipped, another total of checks is no failure', () => {
    const counted = lab('emfile', { expected: emfile.expected.replace('1..[[checks:int>=5]]', '1..8') });
    expect(outcomeOf(judge(user, counted))).toBe('passed');
    expect(outcomeOf(judge(output('emfile-no-node.txt'), counted))).toBe('partial');
  });
  test('steps that were copied in another order are put in order, for partial credit', () => {
    const [head = '', ...steps] = user.split(/^(?=-- step)/m);
    const last = steps.pop() ?? '';
    const [sockets, tail] = [last.slice(0, last.indexOf('1..')), last.slice(last.indexOf('1..'))];
    const verdict = judge([head, sockets, ...steps.toReversed(), tail].join(''), emfile);
    expect(outcomeOf(verdict)).toBe('partial');
    expect(verdict.diff.every(({ kind }) => kind === 'same')).toBe(true);
    expect(verdict.steps.every(({ status }) => status === 'passed')).toBe(true);
  });
});

describe('what cannot be judged', () => {
  test.each([
    ['', 'empty'],
    [' \n\t\r\n ', 'empty'],
    ['x'.repeat(1_048_577), 'too-large'],
    [String.fromCharCode(...Array(256).keys()).repeat(20), 'binary'],
    ['\u007fELF\u0002\u0001\u0001'.padEnd(200, '\0'), 'binary'],
    ['hello', 'no-lab-output'],
    ['ok 1 - some-other-test\n1..1', 'no-lab-output'],
    ['bash: lab.sh: No such file or directory', 'script-not-found'],
    ['run me with: bash lab.sh', 'refused'],
    ['$ sh lab.sh\r\nrun me with: bash lab.sh\r\n$ ', 'refused'],
    ['#!/usr/bin/env bash\necho hello', 'script-text'],
    ['== lab oom v1\n1..0\n== end oom fail=0', 'other-lab oom'],
    ['== lab frobnicate v1\n1..0\n== end frobnicate fail=0', 'unknown-lab frobnicate'],
    ['-- step worker\nworker_exit=1\nok 9 - worker-oom-code', 'other-lab oom'],
    ['ok 1 - x\n== end oom fail=0', 'other-lab oom'],
  ])('%j is %s', (paste, problem) => {
    const verdict = judge(paste, emfile, labs);
    expect(verdict).toMatchObject({ outcome: 'unusable', steps: [], diff: [], lab: 'emfile' });
    expect([verdict.problem, verdict.otherLab].filter(Boolean).join(' ')).toBe(problem);
  });
  test('without a list of labs every other name is another lab', () => {
    expect(judge('== lab frobnicate v1', emfile)).toMatchObject({ problem: 'other-lab', otherLab: 'frobnicate' });
  });
  test('a run after a refused one counts', () => {
    expect(outcomeOf(judge(`run me with: bash lab.sh\n${user}`, emfile))).toBe('passed');
  });
});

describe('causes', () => {
  const words = { ko: '원인', en: 'cause' };
  const cause = (id: string, when: Mismatch['when']): Mismatch => ({ id, when, cause: words, remedy: words });
  const causes = (paste: string, ...mismatches: Mismatch[]) =>
    judge(paste, lab('emfile', { mismatches })).causes.map(({ id }) => id);
  const bad = withLine(user, 'opened=20', 'opened=99');

  test('every condition must hold', () => {
    const fit = [
      cause('fact', { facts: { opened: '9[..]' } }),
      cause('line', { lines: ['[..]maxfd=[[n:int]]'] }),
      cause('given', { given: ['uid'] }),
      cause('missing', { missing: ['wsl'] }),
    ];
    const not = [
      cause('other fact', { facts: { opened: '2[..]' } }),
      cause('no such fact', { facts: { wsl: '[..]' } }),
      cause('no such line', { lines: ['[..]maxfd=[[n:int]]', 'nothing'] }),
      cause('not given', { given: ['uid', 'wsl'] }),
      cause('not missing', { missing: ['uid'] }),
      cause('not failed', { failed: ['message-emfile'] }),
      cause('not skipped', { skipped: ['message-emfile'] }),
      cause('no condition', {}),
      cause('no pattern', { lines: ['[[', 'x'] }),
    ];
    expect(causes(bad, ...not, ...fit)).toEqual(['fact', 'line', 'given', 'missing']);
  });
  test('the most specific comes first, then the order of the file', () => {
    const one = { facts: { uid: '[..]' } };
    const three = { facts: { uid: '[..]' }, given: ['os'], lines: ['opened=99'] };
    expect(causes(bad, cause('a', one), cause('b', three), cause('c', one))).toEqual(['b', 'a', 'c']);
  });
  test('failed and skipped checks', () => {
    const failed = user.replace('ok 3 - m', 'not ok 3 - m');
    expect(causes(failed, cause('f', { failed: ['message-emfile', 'x'] }))).toEqual(['f']);
    expect(causes(output('emfile-no-node.txt'), cause('s', { skipped: ['node-emfile'] }))).toEqual(['s']);
  });
  test('none for a pass; for a text that is no output, what the shell said', () => {
    expect(causes(user, cause('a', { given: ['uid'] }))).toEqual([]);
    expect(causes('bash: lab.sh: No such file or directory', cause('a', { lines: ['[..]No such file[..]'] }))).toEqual([
      'a',
    ]);
  });
});
