import { describe, expect, it } from 'vitest';
import { checksum, checksumFile, copyBlock, splitScript } from '../../../src/components/lab/script.ts';

const script = `#!/usr/bin/env bash
# @lab demo
# --- prelude: the same in every lab, no need to read it first ---
set -u
# --- prelude end ---

begin demo
finish
`;

describe('splitScript', () => {
  it('cuts at the marker lines and loses nothing', () => {
    const { head, prelude, body } = splitScript(script);
    expect(head).toBe('#!/usr/bin/env bash\n# @lab demo');
    expect(prelude.split('\n')).toHaveLength(3);
    expect(body).toContain('begin demo');
    expect(`${[head, prelude, body].join('\n')}\n`).toBe(script);
  });

  it('shows a script without markers whole', () => {
    expect(splitScript('echo hi\n')).toEqual({ head: '', prelude: '', body: 'echo hi' });
  });

  it('needs both markers, in order', () => {
    const swapped = '# --- prelude end ---\necho\n# --- prelude: x ---\n';
    expect(splitScript(swapped).prelude).toBe('');
  });
});

describe('copyBlock', () => {
  it('writes the file and runs it under bash', () => {
    const block = copyBlock('demo', script);
    expect(block.startsWith("cat > demo.sh <<'LAB'\n#!/usr/bin/env bash\n")).toBe(true);
    expect(block.endsWith('\nfinish\nLAB\nbash demo.sh\n')).toBe(true);
  });

  it('adds the final line feed that the delimiter needs', () => {
    expect(copyBlock('demo', 'echo hi')).toContain('echo hi\nLAB\n');
  });

  it.each([
    ['the delimiter', 'echo\nLAB\nrm important\n', 'line 2'],
    ['a tab, which completes file names in a shell', 'if true; then\n\techo\nfi\n', 'line 2'],
    ['a carriage return', 'echo hi\r\n', 'line 1'],
    ['an escape', 'echo \u001b[31m\n', 'line 1'],
    ['a byte that depends on the locale', 'echo 안녕\n', 'line 1'],
    ['a line that a terminal would cut', `echo ${'x'.repeat(4100)}\n`, 'line 1'],
  ])('refuses a script with %s', (_, text, where) => {
    expect(() => copyBlock('demo', text)).toThrow(where);
  });
});

describe('checksums', () => {
  it('are what sha256sum prints', () => {
    // printf 'hello\n' | sha256sum
    expect(checksum('hello\n')).toBe('5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03');
    expect(checksumFile([{ name: 'a.sh', text: 'hello\n' }])).toBe(
      '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a.sh\n',
    );
  });
});
