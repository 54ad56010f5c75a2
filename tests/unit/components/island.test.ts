import { describe, expect, it } from 'vitest';
import { islandJson, islandText } from '../../../src/components/lab/island.ts';

describe('islandJson', () => {
  it('survives the trip and cannot end the script element', () => {
    const value = { text: '</script><!-- <script>', more: ['a\u2028b', '"', '\\'] };
    const json = islandJson(value);
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toEqual(value);
  });
});

describe('islandText', () => {
  it('gives a text as it is, and refuses what could end the script element', () => {
    expect(islandText('a=[[a:int>=5<32]]\n!! b & c\n')).toBe('a=[[a:int>=5<32]]\n!! b & c\n');
    for (const bad of ['x </SCRIPT >', '<!-- x']) expect(() => islandText(bad)).toThrow('cannot stand in a page');
  });
});
