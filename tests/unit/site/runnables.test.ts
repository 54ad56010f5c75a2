import { describe, expect, it } from 'vitest';
import { differences, labFiles, snippetFiles } from '../../../src/site/runnables.ts';

const recording = (node: string, limit: number) =>
  `environment: node-${node.split('.')[0]}\nnode: v${node}\n\n$ node main.mjs\nlimit_mib=${limit} same=1\nstep=1\nstep=${limit}\n[0] 5 ms\n`;
const texts = {
  '../content/snippets/a/main.mjs': 'console.log(1)\n',
  '../content/snippets/a/expected.txt': '$ node main.mjs\n',
  '../content/snippets/a/recorded/node-9.txt': recording('9.1.0', 1),
  '../content/snippets/a/recorded/node-24.txt': recording('24.2.0', 3),
  '../content/snippets/a/recorded/node-22.txt': recording('22.9.0', 2),
  '../content/snippets/ab/recorded/node-22.txt': 'not a recording',
  '../content/labs/l/lab.sh': '#!/bin/bash\n',
  '../content/labs/l/expected.txt': '== lab l\n',
  '../content/labs/l/recorded/debian.txt': '== lab l\n',
  '../content/labs/l/solution.sh': 'echo solved\n',
  '../content/labs/l/solution.txt': 'environment: debian\n\n$ bash solution.sh\nsolved\n[0] 5 ms\n',
};

describe('snippetFiles', () => {
  it('reads the folder, newest Node first, and no other folder', () => {
    const files = snippetFiles('a', texts);
    expect(files.program).toBe('console.log(1)\n');
    expect(files.recordings.map(({ environment }) => environment)).toEqual(['node-24', 'node-22', 'node-9']);
  });

  it('reads the real snippets', () => {
    const { program, recordings } = snippetFiles('heap-limit');
    expect(program).toContain('heap_size_limit');
    expect(recordings.length).toBeGreaterThanOrEqual(4);
  });

  it.each([
    ['no recording', 'b', 'npm run record'],
    ['a recording that is none', 'ab', 'ab/recorded/node-22.txt'],
  ])('says what to do about %s', (_, id, words) => {
    expect(() => snippetFiles(id, texts)).toThrow(words);
  });

  it('names the missing file', () => {
    const { '../content/snippets/a/main.mjs': _, ...others } = texts;
    expect(() => snippetFiles('a', others)).toThrow('src/content/snippets/a/main.mjs is missing');
  });
});

describe('labFiles', () => {
  it('reads script, expectation and recordings', () => {
    expect(labFiles('l', texts)).toEqual({
      script: '#!/bin/bash\n',
      expected: '== lab l\n',
      recorded: { debian: '== lab l\n' },
      solution: {
        script: 'echo solved\n',
        header: { environment: 'debian' },
        run: { command: 'bash solution.sh', output: 'solved', code: 0, durationMs: 5 },
      },
    });
  });

  it('says what is wrong with a solution', () => {
    const { '../content/labs/l/solution.sh': _, ...without } = texts;
    expect(() => labFiles('l', without)).toThrow('l/solution.sh is missing');
    for (const broken of ['solved\n', 'environment: debian\n'])
      expect(() => labFiles('l', { ...texts, '../content/labs/l/solution.txt': broken })).toThrow('l/solution.txt');
  });
});

describe('differences', () => {
  it('lists facts that stand once in a run and are not equal everywhere', () => {
    expect(differences(snippetFiles('a', texts).recordings)).toEqual([
      {
        command: 'node main.mjs',
        fact: 'limit_mib',
        values: [
          { environment: 'node-24', value: '3' },
          { environment: 'node-22', value: '2' },
          { environment: 'node-9', value: '1' },
        ],
      },
    ]);
  });

  it('finds the lesson in the real recordings: the same flag, another limit on each Node', () => {
    const rows = differences(snippetFiles('heap-limit').recordings);
    const limits = rows.find(({ command, fact }) => command.includes('=64') && fact === 'heap_size_limit_mib');
    expect(new Set(limits?.values.map(({ value }) => value)).size).toBeGreaterThan(1);
  });
});
