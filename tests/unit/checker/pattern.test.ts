import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstBroken, fitLine, parsePattern } from '../../../src/checker/pattern.ts';

const fits = (pattern: string, line: string) => fitLine(parsePattern(pattern), line);

test.each([
  ['opened=29', 'opened=29'],
  ['a.b*c(d)[e]+', 'a.b*c(d)[e]+'],
  ['[..]', ''],
  ['[..]', 'anything at all'],
  [
    '| FATAL ERROR: [..]JavaScript heap out of memory',
    '| FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ],
  ['a[..]b[..]c', 'a1b2b3c'],
  ['[[v1|v2|none]]', 'v2'],
  ['x[[a|ab|b]]c', 'xabc'],
  ['x[[a|]]y', 'xy'],
  ['[[[134|137]]]', '[137]'],
  ['\\[..] and \\[[x]]', '[..] and [[x]]'],
  ['한도=[[n:int]]개', '한도=64개'],
])('%s fits %s', (pattern, line) => expect(fits(pattern, line)).toBeDefined());

test.each([
  ['opened=29', 'opened=290'],
  ['opened=29', ' opened=29'],
  ['a[..]b', 'ab '],
  ['ab[..]bc', 'abc'],
  ['[[v1|v2]]', 'v3'],
  ['n=[[n:int]]', 'n=12a'],
  ['n=[[n:int]]', 'n='],
  ['n=[[n:int]]', 'n=-'],
  ['n=[[n]]', 'n=two words'],
  ['[[[134|137]]]', '134'],
])('%s does not fit %s', (pattern, line) => expect(fits(pattern, line)).toBeUndefined());

test('a capture takes as much as it can, a wildcard as little', () => {
  expect(fits('v[[major]].[[minor]]', 'v22.23.2')).toEqual(['22.23', '2']);
  expect(fits('[..][[n:int]][..]', 'ab123cd')).toEqual(['123']);
  expect(fits('[[a:int]][[b]]', '12')).toEqual(['1', '2']);
  expect(fits('t=[[t:int]]', 't=-5')).toEqual(['-5']);
});

test.each([
  ['[[x', '"[[" has no "]]"'],
  ['[[X]]', 'no capture'],
  ['[[]]', 'no capture'],
  ['[[n:float]]', 'no capture'],
  ['[[n>=5]]', 'need ":int"'],
  ['[[n:int=>5]]', 'no capture'],
  ['[[n:int>=-x]]', 'no bound'],
])('%s is an author’s mistake', (source, message) => expect(() => parsePattern(source)).toThrow(message));

test('a line of an expectation may be so long and no longer', () => {
  expect(() => parsePattern('a'.repeat(5000))).toThrow('at most 4096');
});

describe('bounds', () => {
  const broken = (source: string, line: string, captures?: Map<string, string>) => {
    const pattern = parsePattern(source);
    return firstBroken(pattern, fitLine(pattern, line) ?? [], captures);
  };
  test.each(['>=5', '<=5', '==5', '>4', '<6', '!=4'])('5 holds %s', (bound) =>
    expect(broken(`n=[[n:int${bound}]]`, 'n=5')).toBeUndefined(),
  );
  test.each(['>=6', '<=4', '==6', '>5', '<5', '!=5'])('5 breaks %s', (bound) =>
    expect(broken(`n=[[n:int${bound}]]`, 'n=5')).toMatchObject({ value: '5' }),
  );
  test('an earlier capture is a bound', () => {
    const captures = new Map([['opened', '20']]);
    expect(broken('fds=[[fds:int>=opened]]', 'fds=26', captures)).toBeUndefined();
    expect(captures.get('fds')).toBe('26');
    expect(broken('fds=[[fds:int>=opened]]', 'fds=3', captures)).toMatchObject({ bound: 'opened', needs: '20' });
  });
  test('a capture that was not seen holds nothing', () => {
    expect(broken('a=[[=x]]', 'a=1', new Map())).toEqual({ name: 'x', value: '1', operator: '==', bound: 'x' });
  });
});

/** The same language as a RegExp, only to compare with; the checker itself never builds one. */
function asRegExp(source: string): RegExp {
  const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = parsePattern(source).parts.map((part) => {
    if (part.kind === 'text') return quote(part.text);
    if (part.kind === 'any') return '.*?';
    if (part.kind === 'either') return `(?:${part.options.map(quote).join('|')})`;
    return part.kind === 'capture' && part.type === 'int' ? '(-?[0-9]+)' : '([^ \\t]+)';
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

test('it fits what a regular expression of the same meaning fits, with the same captures', () => {
  const piece = fc.constantFrom('a', 'b', '1', '-', ' ', 'ab', '[..]', '[[w]]', '[[n:int]]', '[[a|ab|1]]', '[[=w]]');
  const line = fc.string({ unit: fc.constantFrom('a', 'b', '1', '2', '-', ' '), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), line, (pieces, text) => {
      const source = pieces.join('');
      const expected = asRegExp(source).exec(text);
      expect(fits(source, text)).toEqual(expected ? expected.slice(1) : undefined);
    }),
    { numRuns: 3000 },
  );
});
