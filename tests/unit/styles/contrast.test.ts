import { describe, expect, test } from 'vitest';
import { contrast, meaningNames, parseTokens, readTokens } from '../../../src/site/tokens.ts';

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  // The lightest grey that passes on white, by every checker in use.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

test('a missing colour is named', () => {
  expect(() => parseTokens(':root { --bg: #ffffff; }')).toThrow(/--bg-soft in its light block/);
});

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const palette = readTokens()[theme];
  const backgrounds = ['bg', 'bg-soft', 'bg-sunken'] as const;
  const text = ['ink', 'muted', ...meaningNames] as const;
  const pairs = [
    ...text.flatMap((front) => backgrounds.map((back) => [front, back] as const)),
    ...meaningNames.flatMap((name) => [
      [name, `${name}-soft`] as const,
      ['ink', `${name}-soft`] as const,
      ['muted', `${name}-soft`] as const,
      // Buttons and badges filled with the colour carry text in the colour of the page.
      ['bg', name] as const,
    ]),
  ];
  test.each(pairs)('%s on %s has 4.5:1', (front, back) => {
    expect(contrast(palette[front], palette[back])).toBeGreaterThanOrEqual(4.5);
  });
  test.each(backgrounds.slice(0, 2))('the border of a control on %s has 3:1', (back) => {
    expect(contrast(palette.control, palette[back])).toBeGreaterThanOrEqual(3);
  });
});
