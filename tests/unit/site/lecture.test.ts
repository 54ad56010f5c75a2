import { expect, it } from 'vitest';
import { headingOf, lineNumbers, sameHeading } from '../../../src/site/lecture.ts';

it('spells ranges out', () => {
  expect(lineNumbers(['3', '21-23'])).toEqual([3, 21, 22, 23]);
  expect(lineNumbers([])).toEqual([]);
});

it.each(['3-2', 'x', '1-y'])('refuses "%s"', (range) => {
  expect(() => lineNumbers([range])).toThrow(range);
});

it('knows the heading of a section, and takes one as it is', () => {
  expect(headingOf('pitfalls')).toEqual({ ko: '자주 빠지는 함정', en: 'Pitfalls' });
  expect(headingOf({ ko: '가', en: 'a' })).toEqual({ ko: '가', en: 'a' });
});

it('compares headings without marks of code and kinds of quotes', () => {
  expect(sameHeading('Reading `ulimit -a`', 'Reading ulimit -a')).toBe(true);
  expect(sameHeading('Why fork says “later”', 'Why fork says "later"')).toBe(true);
  expect(sameHeading('Which?', 'Which')).toBe(false);
});
