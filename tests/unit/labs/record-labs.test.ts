/** What the recorder of labs refuses to begin with. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const record = (...words: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/record-labs.ts', ...words], { encoding: 'utf8' });
  return { status, said: stderr.trim() };
};

it('knows its labs', () => {
  expect(record('no-such-lab')).toMatchObject({ status: 2, said: expect.stringContaining('"no-such-lab"') });
});

it.each([
  [['--environment', 'windows-11'], 'debian-12-systemd'],
  [['--name', 'no-such-system-1', 'emfile'], 'This is '],
  [['--name', '../x', 'emfile'], 'small letters'],
])('refuses %j', (words, said) => {
  const reason = process.platform === 'linux' ? said : 'need Linux';
  expect(record(...words)).toMatchObject({ status: 2, said: expect.stringContaining(reason) });
});
