import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = 'src/content/labs/limitsconf/lab.sh';

/** `npm run check-lab -- …` without npm. */
function checkLab(args: string[], input: string, environment: Record<string, string> = {}) {
  const env = { ...process.env, LC_ALL: '', LC_MESSAGES: '', LANG: 'C', ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/check-lab.ts', ...args], {
    cwd: root,
    input,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run check-lab', () => {
  const linux = process.platform === 'linux';
  if (!linux) console.log('check-lab on a real output: skipped, because the labs need Linux');
  // The lab that changes nothing and takes a second.
  const output = linux ? spawnSync('bash', [script], { cwd: root, encoding: 'utf8' }).stdout : '';

  test.skipIf(!linux)('a real output, by its lesson and by its own name', () => {
    const lesson = checkLab(['lab-ulimit'], `$ bash lab.sh\n${output}$ `);
    expect(lesson.stdout).toContain('limitsconf: ');
    expect(lesson.stdout).toContain('not in this text: emfile, nproc');
    // Where a step was skipped it has not passed, and says so.
    expect(lesson.status).toBe(output.includes('# SKIP') ? 1 : 0);
    expect(checkLab(['limitsconf'], output).status).toBe(lesson.status);
  });
  test.skipIf(!linux)('an output that is not as it should be', () => {
    const { status, stdout } = checkLab(
      ['limitsconf', '--lang', 'ko'],
      output.replace('lecture_rules=4', 'lecture_rules=6'),
    );
    expect(status).toBe(1);
    expect(stdout).toContain('- lecture_rules=4    (기대)');
    expect(stdout).toContain('+ lecture_rules=6    (출력)');
  });
  test('the script instead of its output', () => {
    const { status, stdout } = checkLab(['limitsconf'], readFileSync(`${root}/${script}`, 'utf8'));
    expect(status).toBe(2);
    expect(stdout).toContain('This is the script itself');
  });
  test('the script as a file argument, in the language of the shell', () => {
    const { status, stdout } = checkLab(['limitsconf', script], '', { LANG: 'ko_KR.UTF-8' });
    expect(status).toBe(2);
    expect(stdout).toContain('스크립트 자체를');
  });
  test.skipIf(!linux)('straight from a lab that is still at work', () => {
    const slowly = `(sleep 1; cat src/content/labs/emfile/recorded/debian-12-user.txt) |
      "${process.execPath}" tools/with-node.mjs node tools/check-lab.ts emfile`;
    const { stdout, stderr } = spawnSync('bash', ['-c', slowly], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('emfile: Passed');
  });
  test.each([
    [['lab-ulimt'], 'Did you mean lab-ulimit?'],
    [['emfiles'], 'Did you mean emfile?'],
    [['zzzzzzzzzzzzzzzzzzzz'], 'lab-ulimit: emfile, nproc, limitsconf'],
    [['emfile', '/no/such/file'], 'ENOENT'],
    [['emfile', 'a', 'b'], 'Usage:'],
    [['emfile', '--lang', 'fr'], 'Usage:'],
    [['emfile', '--unknown'], 'Usage:'],
    [[], 'Usage:'],
  ])('%j: exit 2 and what to do', (args, message) => {
    const { status, stderr } = checkLab(args, '');
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
