import { describe, expect, it } from 'vitest';
import { labRecordings } from '../../../src/components/lab/recorded.ts';

const recording = (user: string, lines: string) =>
  `environment: x\nuser: ${user}\n\n$ bash lab.sh\n${lines}\n[0] 5 ms\n`;
const whole = 'ok 1 - a\nok 2 - b';

describe('labRecordings', () => {
  it('shows a whole run of a normal user first, and one with gaps last', () => {
    const order = labRecordings('demo', {
      'debian-12-no-node': recording('a user', 'ok 1 - a\nok 2 - b # SKIP node not found'),
      'debian-12-root': recording('root', whole),
      'debian-12-user-node-26': recording('a user', whole),
      'debian-12-user-node-8': recording('a user', whole),
    }).map(({ environment }) => environment);
    expect(order).toEqual(['debian-12-user-node-8', 'debian-12-user-node-26', 'debian-12-root', 'debian-12-no-node']);
  });

  it('reads header, output and exit code', () => {
    expect(labRecordings('demo', { one: recording('root', whole) })[0]).toEqual({
      environment: 'one',
      header: { environment: 'x', user: 'root' },
      command: 'bash lab.sh',
      output: whole,
      code: 0,
    });
  });

  it('names the file that has no run', () => {
    expect(() => labRecordings('demo', { broken: 'environment: x\n' })).toThrow('demo/recorded/broken.txt');
  });
});
