/** A Korean text is in Korean, an English one in English, and neither breaks the style guide: pages, data and the words of the interface. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Language } from '../../src/site/locales.ts';
import { pagesOf, readPage } from './pages.ts';
import { broken } from './style-guide.ts';

const count = (text: string, letter: RegExp) => text.match(letter)?.length ?? 0;
const hangul = (text: string) => count(text, /[가-힣]/g);
const latin = (text: string) => count(text, /[A-Za-z]/g);
/** Share of Hangul among the letters, from 0 to 1. */
const share = (text: string) => hangul(text) / Math.max(1, hangul(text) + latin(text));

/** Names stay as they are: the lecture's title, the lecturer, the word behind a name in the story. */
const names = /클라우드 환경의 이해: 개발자가 되기 전에 알았으면 좋았을 것들|김성주|구름|한국어/g;

describe.each(pagesOf.ko)('%s', (page) => {
  it('is in Korean', () => {
    // Half of the Latin letters are the English beside a term at its first use; lessons reach 0.85 and more.
    expect(share(readPage('ko', page).letters)).toBeGreaterThan(0.75);
  });

  it('has no sentence that was left in English', () => {
    const { sentences, boxSentences } = readPage('ko', page);
    const left = [...sentences, ...boxSentences].filter((one) => hangul(one) === 0 && one.split(/\s+/).length > 5);
    expect(left).toEqual([]);
  });
});

describe.each(pagesOf.en)('en/%s', (page) => {
  it('is in English', () => {
    expect(hangul(readPage('en', page).letters.replace(names, ''))).toBe(0);
  });
});

interface Text {
  where: string;
  language: Language;
  text: string;
}

/** Every `ko:` and `en:` of a data file, with its path in the file. */
function textsOf(value: unknown, where: string): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === 'ko' || key === 'en') && typeof inner === 'string'
      ? [{ where: `${where}.${key}`, language: key, text: inner }]
      : textsOf(inner, `${where}.${key}`),
  );
}

const files = globSync('src/content/**/*.yaml').sort();
const data = files.map((file) => ({ file, texts: textsOf(parse(readFileSync(file, 'utf8')), file) }));
const ui = (['ko', 'en'] as const).map((language) => ({
  file: `src/content/i18n/${language}.json`,
  texts: Object.entries<string>(JSON.parse(readFileSync(`src/content/i18n/${language}.json`, 'utf8'))).map(
    ([key, text]) => ({ where: key, language, text }),
  ),
}));

it('finds the texts of the data files', () => {
  expect(data.flatMap(({ texts }) => texts).length).toBeGreaterThan(1000);
});

describe.each([...data, ...ui].filter(({ texts }) => texts.length > 0))('$file', ({ file, texts }) => {
  const prose = (text: string) => text.replace(/`[^`]+`/g, '').replace(names, '');

  it('has English in its English texts', () => {
    expect(texts.filter(({ language, text }) => language === 'en' && hangul(prose(text)) > 0)).toEqual([]);
  });

  it('has Korean in its Korean texts', () => {
    // A short text may be a name, a command or an error that is never translated.
    const left = texts.filter(
      ({ language, text }) => language === 'ko' && hangul(text) === 0 && prose(text).split(/\s+/).length > 6,
    );
    expect(left).toEqual([]);
  });

  it('keeps to the style guide', () => {
    const found = texts.flatMap(({ where, language, text }) => broken(text, language).map((one) => `${where}: ${one}`));
    expect(found, file).toEqual([]);
  });
});

describe('the style guide', () => {
  it.each([
    ['서비스 메쉬를 써요.', '메시'],
    ['CPU 아키텍쳐', '아키텍처'],
    ['페이징 교체 알고리즘', '페이지 교체'],
    ['최신 버전', 'name the version'],
    ['쓰레드 풀', '스레드'],
    ['로그에 대해서 말해요', '을/를, or 의'],
  ])('refuses "%s"', (text, instead) => {
    expect(broken(text, 'ko').join()).toContain(instead);
  });

  it('lets right words and addresses pass', () => {
    const right = '애플리케이션의 서비스 메시, 페이지 교체, 아키텍처, 스레드, 트레이드오프를 알아요.';
    expect(broken(right, 'ko')).toEqual([]);
    expect(broken('See [x](https://example.org/latest/).', 'en')).toEqual([]);
  });
});
