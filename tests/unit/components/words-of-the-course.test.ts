import { describe, expect, it } from 'vitest';
import { firstLetter, groupTerms, type Term } from '../../../src/site/glossary.ts';
import { inlineMarkdown } from '../../../src/site/inline-markdown.ts';
import { testedOn } from '../../../src/site/tested-on.ts';

const term = (ko: string, en: string): Term => ({
  id: en,
  term: { ko, en },
  meaning: { ko: '뜻', en: 'meaning' },
  lesson: 'lab-ulimit',
});

describe('firstLetter', () => {
  it.each([
    ['세마포어', 'ㅅ'],
    ['쓰레드', 'ㅅ'],
    ['가용성', 'ㄱ'],
    ['힙', 'ㅎ'],
    ['EMFILE', 'E'],
    ['inotify 감시', 'I'],
    ['/proc', ''],
    // Decomposed, as some editors on macOS save it.
    ['한도'.normalize('NFD'), 'ㅎ'],
  ])('%s stands under %s', (word, letter) => {
    expect(firstLetter(word)).toBe(letter);
  });
});

describe('groupTerms', () => {
  const terms = [term('힙', 'Heap'), term('EMFILE', 'EMFILE'), term('가용성', 'Availability'), term('errno', 'errno')];

  it('puts Hangul first in Korean', () => {
    expect(groupTerms(terms, 'ko').map(({ letter }) => letter)).toEqual(['ㄱ', 'ㅎ', 'E']);
  });

  it('sorts by the English word in English, without regard to case', () => {
    const groups = groupTerms([...terms, term('예', 'epoll')], 'en');
    expect(groups.map(({ letter }) => letter)).toEqual(['A', 'E', 'H']);
    expect(groups[1]?.terms.map(({ id }) => id)).toEqual(['EMFILE', 'epoll', 'errno']);
  });

  it('loses no term and puts signs last', () => {
    const groups = groupTerms([...terms, term('/proc', '/proc')], 'ko');
    expect(groups.at(-1)?.letter).toBe('');
    expect(groups.flatMap((group) => group.terms)).toHaveLength(5);
  });
});

describe('inlineMarkdown', () => {
  it('sets Korean bold before a particle', async () => {
    expect(await inlineMarkdown('**굵게(bold)**를')).toBe('<strong>굵게(bold)</strong>를');
  });

  it('leaves dashes of flags alone', async () => {
    expect(await inlineMarkdown('--max-old-space-size "quoted"')).toBe('--max-old-space-size "quoted"');
  });

  it('shows a tag as text', async () => {
    expect(await inlineMarkdown('/proc/<pid>/fd')).toBe('/proc/&#x3C;pid>/fd');
  });
});

describe('testedOn', () => {
  it('names each machine once, with its newest day', () => {
    const header = { node: 'v24.21.0', os: 'Debian 12', kernel: 'Linux 6.18' };
    const found = testedOn([
      { ...header, recorded: '2026-11-20' },
      { ...header, recorded: '2026-11-22T10:00:00Z' },
      { ...header, node: 'v20.20.2', recorded: '2026-11-22' },
    ]);
    expect(found).toEqual([
      { facts: ['Node 24.21.0', 'Debian 12', 'Linux 6.18'], recorded: '2026-11-22' },
      { facts: ['Node 20.20.2', 'Debian 12', 'Linux 6.18'], recorded: '2026-11-22' },
    ]);
  });
});
