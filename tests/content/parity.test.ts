/** The two languages of a page say the same: the same shape, the same things shown, the same addresses. */
import { describe, expect, it } from 'vitest';
import type { LessonText } from './lesson-text.ts';
import { pagesOf, readPage } from './pages.ts';

it('every page is in both languages', () => {
  expect(pagesOf.en).toEqual(pagesOf.ko);
  expect(pagesOf.ko.length).toBeGreaterThanOrEqual(8);
});

/** Addresses of a page's links, sorted. A language's own edition of a page counts as the same page. */
const addresses = ({ links }: LessonText) =>
  links
    .map((url) => url.replace(/\/(?:ko|en|ko-kr|en-us)(?=\/)/i, '').replace(/#.*$/, ''))
    .filter((url) => url !== '')
    .sort();

describe.each(pagesOf.ko.filter((page) => pagesOf.en.includes(page)))('%s', (page) => {
  const ko = readPage('ko', page);
  const en = readPage('en', page);

  it('has headings of the same levels in the same order', () => {
    const levels = ({ outline }: LessonText) => outline.map(({ level }) => level);
    expect(levels(en)).toEqual(levels(ko));
  });

  it('has no heading twice, so that each has an anchor of its own', () => {
    for (const { outline } of [ko, en]) {
      const titles = outline.map(({ text }) => text);
      expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
    }
  });

  it('shows the same components and imports the same', () => {
    const shown = ({ components }: LessonText) => components.map(({ name, id }) => `${name} ${id ?? ''}`).sort();
    expect(shown(en)).toEqual(shown(ko));
    expect(en.imports.toSorted()).toEqual(ko.imports.toSorted());
  });

  it('has the same code blocks', () => {
    expect(en.fences).toEqual(ko.fences);
  });

  it('has tables of the same size', () => {
    expect(en.tables).toEqual(ko.tables);
  });

  it('links to the same places', () => {
    expect([...new Set(addresses(en))]).toEqual([...new Set(addresses(ko))]);
  });

  it('has the same fields in its front matter', () => {
    expect(Object.keys(en.frontMatter)).toEqual(Object.keys(ko.frontMatter));
    expect((en.frontMatter['objectives'] as unknown[] | undefined)?.length).toBe(
      (ko.frontMatter['objectives'] as unknown[] | undefined)?.length,
    );
  });
});
