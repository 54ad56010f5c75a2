import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandText, withFlag } from '../../../src/runtime/command.ts';

describe('commandText', () => {
  it.each([
    [['node', 'main.mjs'], {}, 'node main.mjs'],
    [['node', '--max-old-space-size=64', 'main.mjs'], {}, 'node --max-old-space-size=64 main.mjs'],
    [['node', 'main.mjs'], { nofile: 64 }, 'prlimit --nofile=64 node main.mjs'],
    [['node', 'main.mjs', "it's here"], {}, "node main.mjs 'it'\\''s here'"],
  ])('%j under %j', (argv, limits, text) => {
    expect(commandText(argv, limits)).toBe(text);
  });

  it('is read back by a shell as the same words', () => {
    const words = ['a b', "it's", '$HOME', '*', ';', '한글', ''];
    const script = `printf '%s\\n' ${commandText(words)}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${words.join('\n')}\n`);
  });
});

describe('withFlag', () => {
  it('puts the flag in front of the script, where Node reads it', () => {
    expect(withFlag(['node', 'main.mjs', 'x'], '--max-old-space-size', 128)).toEqual([
      'node',
      '--max-old-space-size=128',
      'main.mjs',
      'x',
    ]);
  });

  it('replaces a value, and leaves the flag out', () => {
    const argv: [string, ...string[]] = ['node', '--max-old-space-size=64', 'main.mjs'];
    expect(withFlag(argv, '--max-old-space-size', 32)).toEqual(['node', '--max-old-space-size=32', 'main.mjs']);
    expect(withFlag(argv, '--max-old-space-size', null)).toEqual(['node', 'main.mjs']);
  });
});
