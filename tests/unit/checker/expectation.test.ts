import { describe, expect, test } from 'vitest';
import { matchExpectation, matchText, parseExpectation } from '../../../src/checker/index.ts';

const matches = (expected: string, text: string) => matchExpectation(parseExpectation(expected), text);

describe('matching in order', () => {
  test.each([
    ['a\nb', 'a\nb'],
    ['# a remark\n\na\n\nb\n', 'a\n\n\nb\n'],
    ['\\# a', '# a'],
    ['\\...\n\\?? x\n\\!! x\n\\@if\n\\\\', '...\n?? x\n!! x\n@if\n\\'],
    ['a\\b', 'a\\b'],
    ['a\n...\nd', 'a\nb\nc\nd'],
    ['a\n...\nd', 'a\nd'],
    ['a\n?? b\nc', 'a\nb\nc'],
    ['a\n?? b\nc', 'a\nc'],
    ['a\n...\n?? b\n...\nd', 'a\nx\nb\ny\nd'],
    ['n=[[n:int]]\nm=[[=n]]', 'n=5\nm=5'],
    ['a\n!! x\n...\nb', 'a\ny\nb\nx'.replace('\nx', '')],
    ['@if mode=on\na\n@end\nmode=on', 'a\nmode=on'],
    ['@if mode=on\na\n@end\nmode=off', 'mode=off'],
    ['@if mode!=\na\n@end\nmode=x', 'a\nmode=x'],
    ['@if mode=\na\n@end', 'a'],
    ['@if a=1\n@if b=2\nboth\n@end\n@end\na=1\nb=2', 'both\na=1\nb=2'],
    ['@if a=1\n@if b=2\nboth\n@end\n@end\na=1\nb=3', 'a=1\nb=3'],
    ['$ node x.mjs\n...\n[134]', '$ node x.mjs\nstack\n[134]'],
  ])('%j fits %j', (expected, text) =>
    expect(matches(expected, text).rows.filter(({ kind }) => kind !== 'same' && kind !== 'any')).toEqual([]),
  );

  test.each([
    ['a\nb', 'a', ['missing']],
    ['a', 'a\nb', ['unexpected']],
    ['a\nb', 'b\na', ['missing', 'unexpected']],
    ['opened=[[n:int<=31]]', 'opened=99', ['different']],
    ['n=[[n:int]]\nm=[[=n]]', 'n=5\nm=6', ['different']],
    ['a\n!! x[..]\n...\nb', 'a\nxy\nb', ['forbidden']],
    ['a\n...\n!! x[..]', 'a\nb\nxy', ['forbidden']],
    ['| Too many open files\n!! [..]in system', '| Too many open files in system', ['missing', 'forbidden']],
    ['[134]', '[0]', ['different']],
    ['$ a\n[0]', '$ b\n[0]', ['different']],
  ])('%j does not fit %j', (expected, text, kinds) => {
    const result = matches(expected, text);
    expect(result.ok).toBe(false);
    expect(result.rows.map(({ kind }) => kind).filter((kind) => kind !== 'same' && kind !== 'any')).toEqual(kinds);
  });

  test('a forbidden line counts until the next line that was found', () => {
    expect(matches('a\n!! x\n...\nb\n...', 'a\nb\nx').ok).toBe(true);
  });
  test('of two lines that fit, the first is taken', () => {
    const { rows } = matches('...\nn=[[n:int]]\n...', 'x\nn=1\nn=2');
    expect(rows.map(({ kind }) => kind)).toEqual(['any', 'same', 'any']);
  });
  test('a bound chooses among lines, a comparison with a capture judges', () => {
    expect(matches('...\nn=[[n:int>=5]]\n...', 'n=1\nn=7').captures).toEqual({ n: '7' });
    expect(matches('n=[[n:int]]\n...\nm=[[=n]]\n...', 'n=2\nm=1\nm=2').rows).toContainEqual({
      kind: 'different',
      expected: 'm=[[=n]]',
      actual: 'm=1',
      why: 'n = 1 ↔ == n (2)',
      bound: { name: 'n', value: '1', operator: '==', bound: 'n', needs: '2' },
    });
  });
  test('says in signs why a number is wrong', () => {
    expect(matches('opened=[[opened:int>=5<=31]]', 'opened=99').rows[0]).toMatchObject({ why: 'opened = 99 ↔ <= 31' });
    expect(matches('?? a=[[a:int]]\nb=[[b:int>a]]', 'b=9').rows[0]).toMatchObject({ why: 'b = 9 ↔ > a = ?' });
  });
  test('the one line in the middle that changed is the only difference', () => {
    const many = Array.from({ length: 60 }, (_, at) => `line ${at}`);
    const changed = many.with(30, 'something else');
    const { rows } = matchText(parseExpectation(many.join('\n')), changed);
    expect(rows.filter(({ kind }) => kind === 'same')).toHaveLength(59);
    expect(rows[30]).toMatchObject({ kind: 'different', expected: 'line 30', actual: 'something else' });
  });
  test('a text that is far too long ends with unexpected lines, quickly', () => {
    const { ok, rows } = matchText(parseExpectation('a\n'.repeat(200)), Array(100_000).fill('b'));
    expect(ok).toBe(false);
    expect(rows.filter(({ kind }) => kind === 'unexpected').length).toBeGreaterThan(90_000);
  });
});

describe('mistakes of authors', () => {
  test.each([
    ['a\n@if x=1\nb', 2, '@if" without'],
    ['a\n@end', 2, '@end" without'],
    ['@if x\n@end', 1, 'a condition is'],
    ['@if X=1\n@end', 1, 'a condition is'],
    ['@else', 1, 'neither'],
    ['a\n\n# r\nn=[[=m]]', 4, '"m" is not captured'],
    ['n=[[n:int>=m]]', 1, '"m" is not captured'],
    ['m=[[=m]]\nm=[[m]]', 1, '"m" is not captured'],
    ['!! [[m]]', 1, 'cannot capture'],
    ['?? ...', 1, 'stands alone'],
    ['[[', 1, 'has no "]]"'],
  ])('%j: line %i', (text, line, message) => {
    const { errors } = parseExpectation(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ line, message: expect.stringContaining(message) });
  });
  test('a run cannot pass by them', () => {
    expect(() => matches('@end', '')).toThrow('expected.txt, line 1');
  });
});
