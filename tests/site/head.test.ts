import { describe, expect, it } from 'vitest';
import { attribute, pages, texts } from './pages.ts';

const paths = new Set(pages.map(({ path }) => path));
const pathOf = (url: string) => new URL(url).pathname;

it('finds both languages', () => {
  expect(paths).toContain('/');
  expect(paths).toContain('/en/');
  expect(paths).toContain('/troubleshooting/too-many-open-files/');
  expect(paths).toContain('/en/troubleshooting/lab-oom-heap-limit/');
});

describe.each(pages)('$path', (page) => {
  it('says its language', () => {
    expect(attribute(page, 'html', 'lang')).toEqual([page.language]);
  });

  it('has one title and one description', () => {
    expect(texts(page, 'head > title')).toHaveLength(1);
    const [description = ''] = attribute(page, 'meta[name=description]', 'content');
    expect(description.length).toBeGreaterThan(20);
    expect(description.length).toBeLessThanOrEqual(155);
  });

  it('names itself as canonical', () => {
    expect(attribute(page, 'link[rel=canonical]', 'href').map(pathOf)).toEqual([page.path]);
  });

  it('points to its other language, which exists', () => {
    const twin = page.language === 'en' ? page.path.replace(/^\/en/, '') : `/en${page.path}`;
    const alternates = new Map(
      attribute(page, 'link[rel=alternate][hreflang]', 'hrefLang').map((lang, at) => [
        lang,
        pathOf(attribute(page, 'link[rel=alternate][hreflang]', 'href')[at] ?? ''),
      ]),
    );
    expect(paths).toContain(twin);
    expect(alternates.get(page.language)).toBe(page.path);
    expect(alternates.get(page.language === 'en' ? 'ko' : 'en')).toBe(twin);
  });
});

it('gives every page a title of its own', () => {
  const titles = pages.map((page) => texts(page, 'head > title')[0]);
  expect(new Set(titles).size).toBe(titles.length);
});
