import { describe, expect, it } from 'vitest';
import { islandJson } from '../../../src/components/lab/island.ts';

describe('islandJson', () => {
  it('survives the trip and cannot end the script element', () => {
    const value = { text: '</script><!-- <script>', more: ['a\u2028b', '"', '\\'] };
    const json = islandJson(value);
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toEqual(value);
  });
});
