import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lintLimitsConf } from '../../src/checker/index.ts';

// Asks the pam_limits of this machine what it does with a line, and compares with what the linter says. It needs root: a user of its own
// and a file in /etc/security/limits.d, both gone afterwards. Core sizes are used wherever a line may as well be about them: every
// process may change that limit, while raising others may need a capability that root of a container lacks.

const user = 'limitsconftest';
const file = '/etc/security/limits.d/99-limitsconftest.conf';
const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'it needs root, to add a user and a file in /etc/security/limits.d';
  if (!existsSync('/etc/security/limits.d') || !['runuser', 'useradd', 'userdel', 'bash'].every(has))
    return 'this machine has no PAM with limits.d, runuser and useradd';
  const pam = spawnSync('grep', ['-qs', '^session.*pam_limits', '/etc/pam.d/runuser']);
  if (pam.status !== 0) return 'runuser does not ask pam_limits here';
  if (spawnSync('id', [user]).status === 0) return `the user ${user} exists already`;
  return undefined;
}

const reason = whyNot();
if (reason) console.log(`limits.conf against the real pam_limits: skipped, because ${reason}`);

/** What a shell of the user prints with these lines in limits.d. */
function session(lines: string, command: string, name = user): string {
  writeFileSync(file, lines);
  const { stdout, stderr } = spawnSync('runuser', ['-u', name, '--', 'bash', '-c', command], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}

const core = 'echo "$(ulimit -Sc) $(ulimit -Hc)"';

describe.skipIf(reason)('limits.conf against the real pam_limits', () => {
  let before = '';
  let id = '';
  beforeAll(() => {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/bin/bash', user]);
    id = execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim();
    before = session('', core);
  });
  afterAll(() => {
    rmSync(file, { force: true });
    spawnSync('userdel', [user]);
  });

  const first = (lines: string) => lintLimitsConf(lines).at(-1);
  /** Placeholders: USER and UID. */
  const real = (lines: string) => lines.replaceAll('USER', user).replaceAll('UID', id);

  test.each([
    ['USER - core 101', '101 101'],
    ['USER - CORE 102', '102 102'],
    ['USER HARD core 103', '103'],
    ['  USER\t-  core   104  # remark', '104 104'],
    ['USER - core 105#remark', '105 105'],
    ['USER - core 106\r', '106 106'],
    ['USER - core 107abc', '107 107'],
    ['USER - core 108 109', '108 108'],
    ['USER - core 0x10', '0 0'],
    ['USER - core +7', '7 7'],
    [' * - core 110', '110 110'],
    ['@USER - core 111', '111 111'],
    ['UID: - core 112', '112 112'],
    [':UID - core 113', '113 113'],
    ['1:UID - core 114', '114 114'],
  ])('%j is a rule and sets %s', (lines, seen) => {
    const finding = lintLimitsConf(real(lines))[0];
    expect(finding?.level).toBe('rule');
    expect(session(`${real(lines)}\n`, core)).toContain(seen);
    expect(seen.split(' ')).toContain(finding?.params['value']);
  });

  test.each([
    '# USER - core 201',
    '; USER - core 201',
    ';USER - core 201',
    '/* USER - core 201 */',
    '// USER - core 201',
    'USER - cores 201',
    'USER both core 201',
    'USER - core many',
    'USER - core',
    'USER core 201',
    '%USER - core 201',
    '::UID - core 201',
    'a:UID - core 201',
    '\ufeffUSER - core 201',
    'USER\u00a0- core 201',
    '* -',
  ])('%j is none and sets nothing', (lines) => {
    expect(first(real(lines))?.level).not.toBe('rule');
    expect(session(`${real(lines)}\n`, core)).toBe(before);
  });

  test('the domain is case-sensitive: a warning here, nothing there', () => {
    const other = user.toUpperCase();
    expect(first(`${other} - core 202`)).toMatchObject({ level: 'warning', code: 'domain-case' });
    expect(session(`${other} - core 202\n`, core)).toBe(before);
  });
  test('the body of a C comment is a live rule', () => {
    const lines = '/* core files\n * - core 115\n */\n';
    expect(lintLimitsConf(lines).map(({ code }) => code)).toContain('live-in-comment');
    expect(session(lines, core)).toBe('115 115');
  });
  test('a bad line does not stop the ones after it', () => {
    expect(session(real('/*\nx\n - - -\nUSER - core 116\n'), core)).toBe('116 116');
  });
  test('of two lines of one user the later counts', () => {
    const lines = real('USER - core 1\nUSER - core 2\n');
    expect(lintLimitsConf(lines)[0]).toMatchObject({ level: 'ignored', code: 'overridden' });
    expect(session(lines, core)).toBe('2 2');
  });
  test('a soft limit above the hard one is lowered to it', () => {
    const lines = real('USER soft core 300\nUSER hard core 200\n');
    expect(first(lines)?.code).toBe('soft-above-hard');
    expect(session(lines, core)).toBe('200 200');
  });
  test('"USER -" takes the user out of all limits', () => {
    expect(first(real('USER -'))?.code).toBe('no-limits');
    expect(session(real('* - core 117\nUSER -\n'), core)).not.toBe('117 117');
    expect(session('* - core 117\n* -\n', core)).toBe('117 117');
  });
  test('a negative number is no limit', () => {
    expect(lintLimitsConf('a - core -3')[0]?.params['value']).toBe('unlimited');
    expect(session(real('USER - core -3\n'), core)).toBe('unlimited unlimited');
  });
  test('cpu counts in minutes', () => {
    expect(lintLimitsConf('a - cpu 2')[0]?.params).toMatchObject({ value: '2', unit: ' min' });
    expect(session(real('USER - cpu 2\n'), 'ulimit -t')).toBe('120');
  });
  test('with three files there is no session, with four there is', () => {
    const codes = (lines: string) => lintLimitsConf(lines).map(({ code }) => code);
    expect(codes('a - nofile 3')).toContain('nofile-too-small');
    expect(session(real('USER - nofile 3\n'), 'ulimit -n')).toContain('cannot open session');
    expect(codes('a - nofile 4')).not.toContain('nofile-too-small');
    expect(session(real('USER - nofile 4\n'), 'ulimit -n')).toBe('4');
  });
  test('maxlogins 0 locks the user out, whatever the type says', () => {
    expect(lintLimitsConf('a any maxlogins 0').map(({ code }) => code)).toEqual(['rule-session', 'no-login']);
    expect(session(real('USER any maxlogins 0\n'), 'echo in')).not.toContain('in\n');
    expect(session(real('USER any maxlogins 0\n'), 'echo in')).toContain('too many logins');
  });

  const debian = existsSync('/etc/debian_version');
  if (!reason && !debian)
    console.log('limits.conf: the rules for root are Debian’s own; not asked on this distribution');
  test.skipIf(!debian)('on Debian neither * nor a group applies to root, its name and a range do', () => {
    const root = session('', core, 'root');
    expect(session('* - core 118\n', core, 'root')).toBe(root);
    expect(session('@root - core 118\n', core, 'root')).toBe(root);
    expect(session('root - core 118\n', core, 'root')).toBe('118 118');
    expect(session('0: - core 119\n', core, 'root')).toBe('119 119');
  });
  test.skipIf(!debian)('on Debian, nofile above fs.nr_open changes nothing and lets the user in', () => {
    const files = 'echo "$(ulimit -Sn) $(ulimit -Hn)"';
    expect(lintLimitsConf('a - nofile 9000000').map(({ code }) => code)).toContain('nofile-too-large');
    expect(session(real('USER - nofile 9000000\n'), files)).toBe(session('', files));
  });
});
