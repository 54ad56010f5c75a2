import { describe, expect, it } from 'vitest';
import { say, sentences, terminalLanguage } from '../../../tools/start-sentences.mjs';

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('what npm start says', () => {
  it.each(Object.entries(sentences))('%s has the same values in both languages', (_, { ko, en }) => {
    expect(holes(ko)).toEqual(holes(en));
    expect(ko).toMatch(/[가-힣]/);
    expect(en).not.toMatch(/[가-힣]/);
  });

  it('fills in the values', () => {
    expect(say('port-taken', { port: 4321 }, 'en')).toBe('Port 4321 is taken, so this uses the next free one.');
    expect(() => say('nothing', {}, 'en')).toThrow('nothing');
  });

  it.each([
    [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'C.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'ko_KR.UTF-8' }, 'ko'],
    [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: 'C' }, 'en'],
  ])('takes the language of the terminal: %j', (environment, language) => {
    expect(terminalLanguage(environment)).toBe(language);
  });
});
