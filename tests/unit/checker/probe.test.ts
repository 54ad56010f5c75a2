/** Reading what the probe printed: as terminals give it, in pieces, and what is no output of it. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readProbe } from '../../../src/checker/probe.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import { output } from './fixtures/read.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = 'src/content/probe';
const recordings = readdirSync(`${folder}/recorded`).map((name) => {
  const { header, runs } = parseRecording(readFileSync(`${folder}/recorded/${name}`, 'utf8'));
  return { name: name.replace('.txt', ''), header, output: `${runs[0]?.output ?? ''}\n` };
});
const recorded = (name: string) => recordings.find((one) => one.name === name)?.output ?? '';
const user = recorded('debian-12-user');
const facts = readProbe(user).facts;

it.each(recordings)('$name is read whole', ({ output, header, name }) => {
  const reading = readProbe(output);
  expect(reading.problem).toBeUndefined();
  expect(Object.keys(reading.facts)).toEqual(Object.keys(facts));
  expect(Object.keys(facts).length).toBeGreaterThan(60);
  expect(header).toMatchObject({ environment: name, user: expect.any(String), kernel: expect.any(String) });
});

describe('what a terminal does to an output', () => {
  it.each([
    ['CRLF', user.replaceAll('\n', '\r\n')],
    ['colours', user.replace(/^(\w+)=/gm, '\u001b[1;32m$1\u001b[0m=')],
    ['prompts around it', `reader@host:~$ bash probe.sh\n${user}reader@host:~$ exit\n`],
    [
      'the block before it, echoed',
      `$ cat > probe.sh <<'LAB'\n${script().replace(/^/gm, '> ')}LAB\n$ bash probe.sh\n${user}`,
    ],
    ['a quotation', user.replace(/^/gm, '> ')],
    ['an indented block', user.replace(/^(?=.)/gm, '    ')],
    ['a frame of tmux', user.replace(/^(?=.)/gm, '│')],
    ['no-break spaces', user.replaceAll(' ', '\u00a0')],
    ['an aborted run before it', `${user.slice(0, 300)}\n^C\n$ bash probe.sh\n${user}`],
    ['an aborted run after it', `${user}$ bash probe.sh\n${user.slice(0, 300)}\n`],
    ['a lab before and after it', `${output('emfile-user.txt')}${user}${output('oom-user.txt')}`],
    ['no final line feed', user.trimEnd()],
  ])('%s: the same facts', (_, paste) => expect(readProbe(paste)).toEqual({ facts }));

  it('joins a line that a console broke at 80 columns', () => {
    const long = `a${'b'.repeat(90)}`;
    const paste = user.replace(/^kernel=.*$/m, `kernel=${long}`).replace(/.{80}/g, '$&\n');
    expect(readProbe(paste).facts['kernel']).toBe(long);
  });

  it('takes the last whole one of several', () => {
    const other = user.replace(/^node=.*$/m, 'node=v18.1.0');
    expect(readProbe(user + other).facts['node']).toBe('v18.1.0');
  });
});

function script(): string {
  return readFileSync(`${folder}/probe.sh`, 'utf8');
}

describe('a piece of an output', () => {
  it('without its end has the facts that were printed', () => {
    const reading = readProbe(`${user.slice(0, user.indexOf('-- step machine'))}^C\n$ `);
    expect(reading.problem).toBe('cut-off-end');
    expect(reading.facts['limit_nofile']).toBe(facts['limit_nofile']);
    expect(reading.facts['file_max']).toBeUndefined();
  });

  it('does not take half a number for a number', () => {
    const at = user.indexOf('limit_nofile=');
    const reading = readProbe(user.slice(0, at + 'limit_nofile=20'.length));
    expect(reading).toMatchObject({ problem: 'cut-off-end', facts: { limit_nproc: facts['limit_nproc'] } });
    expect(reading.facts['limit_nofile']).toBeUndefined();
  });

  it.each(['-- step user', '-- step limits', '-- step tools'])('without what stands before %s', (mark) => {
    const reading = readProbe(user.slice(user.indexOf(mark)));
    expect(reading.problem).toBe('cut-off-start');
    expect(reading.facts['shellcheck']).toBe(facts['shellcheck']);
    expect(reading.facts['kernel']).toBeUndefined();
  });

  it('without start and end', () => {
    const reading = readProbe(user.slice(user.indexOf('-- step limits'), user.indexOf('-- step node')));
    expect(reading).toMatchObject({ problem: 'cut-off-start', facts: { limit_nofile: facts['limit_nofile'] } });
  });
});

describe('what is no output of the probe', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['blanks', ' \n\t\r\n ', 'empty'],
    ['5 MB', 'kernel=6\n'.repeat(600_000), 'too-large'],
    ['a program file', '\u007fELF\u0002\u0001\u0001'.padEnd(200, '\0'), 'binary'],
    ['a lab', output('emfile-user.txt'), 'lab-output'],
    ['a piece of a lab', 'ok 1 - message-emfile\nok 2 - fd-count\n', 'lab-output'],
    ['the script', script(), 'script-text'],
    ['a part of the script', script().slice(script().indexOf('fact kernel')), 'script-text'],
    ['dash and zsh', output('probe-refused.txt'), 'refused'],
    ['macOS', output('probe-macos.txt'), 'not-linux'],
    ['a later version', user.replace('probe v1', 'probe v2'), 'other-version'],
    ['a shell in Korean', output('probe-korean-shell.txt'), 'korean-shell'],
    ['no such file, in Korean', 'bash: probe.sh: 그런 파일이나 디렉터리가 없습니다', 'script-not-found'],
    ['no such file', '$ bash probe.sh\nbash: probe.sh: No such file or directory\n$', 'script-not-found'],
    ['line by line', 'bash: step: command not found\nbash: fact: command not found', 'shell-error'],
    ['something else', 'hello\nworld', 'no-probe-output'],
    ['facts of something else', 'a=1\nb=2\nc=3', 'no-probe-output'],
  ])('%s', (_, paste, problem) => expect(readProbe(paste)).toMatchObject({ problem, facts: {} }));

  it('names the lab', () => {
    expect(readProbe(output('oom-user.txt'))).toEqual({ facts: {}, problem: 'lab-output', lab: 'oom' });
    expect(readProbe('> == end nproc fail=0')).toEqual({ facts: {}, problem: 'lab-output', lab: 'nproc' });
  });
});

describe('limits from elsewhere', () => {
  it.each(['bash', 'zsh', 'busybox', 'dash'])('ulimit -a of %s: the soft ones', (shell) => {
    const { problem, facts: limits } = readProbe(output(`probe-ulimit-${shell}.txt`));
    expect(problem).toBe('limits-only');
    const soft = (name: string) => `${facts[name]?.split(':')[0]}:?`;
    for (const name of ['limit_nofile', 'limit_nproc', 'limit_stack', 'limit_memlock', 'limit_core', 'limit_as'])
      expect([name, limits[name]]).toEqual([name, soft(name)]);
    for (const name of Object.keys(limits)) expect(facts).toHaveProperty(name);
  });

  it('/proc/self/limits: both', () => {
    const { problem, facts: limits } = readProbe(output('probe-proc-limits.txt'));
    expect(problem).toBe('limits-only');
    expect(limits['limit_stack']).toBe('8388608:unlimited');
    expect(Object.keys(limits).sort()).toEqual(
      Object.keys(facts)
        .filter((name) => name.startsWith('limit_'))
        .sort(),
    );
  });

  it('a table in Korean prose is none', () => {
    expect(readProbe('파일 1024\n프로세스 10\n메모리 3').problem).toBe('no-probe-output');
  });
});

describe('text that nobody wrote for us', () => {
  it('has a reading', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '== probe v1',
        '== probe v99999999999',
        '== end probe',
        '-- step limits',
        '__proto__=1',
        'constructor=2',
        'kernel=',
        'open files (-n) 1024',
        'Max open files            1                    1                    files     ',
        '-t: cpu time (seconds)              unlimited',
        'run me with: bash probe.sh',
        'ok 1 - x',
        '│ == probe v1',
        'Bail out! ',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const reading = readProbe(lines.join('\n'));
        for (const value of Object.values(reading.facts)) expect(typeof value).toBe('string');
        if (reading.problem === undefined) expect(lines.join('\n')).toContain('== end probe');
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['lines of an output', `== probe v1\n${'kernel=6\n'.repeat(110_000)}`],
    ['a line', 'a'.repeat(1_000_000)],
    ['starts', '== probe v1\n'.repeat(80_000)],
    ['spaces before a start', `${' '.repeat(400)}== probe v1\n`.repeat(2_000)],
    ['limits', `${' '.repeat(150)}(-n) 1\n`.repeat(6_000)],
    ['colons', `${': '.repeat(2000)}\n`.repeat(250)],
    ['Hangul', `${': 줄 1: '.repeat(500)}가\n`.repeat(250)],
    ['escape sequences', '\u001b]0;title\u001b['.repeat(80_000)],
  ])('is read in proportion to its length: 1 MB of %s', (_, text) => {
    // Time of this process, since the machine has others to serve.
    const time = (input: string) => {
      const before = process.cpuUsage();
      readProbe(input);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    time(text);
    const least = (input: string) => Math.min(...[1, 2, 3].map(() => time(input)));
    // In proportion this is eight times, quadratic would be sixty-four.
    expect(least(text)).toBeLessThan(Math.max(least(text.slice(0, text.length / 8)) * 24, 200));
  });
});
