/** The pages of labs, as a reader without JavaScript gets them, and what a lesson with labs weighs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHtml } from 'hast-util-from-html';
import { toText } from 'hast-util-to-text';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseRecording } from '../../src/runtime/transcript.ts';
import { inlineMarkdown } from '../../src/site/inline-markdown.ts';
import { attribute, labPages, lessons, type Page, pages, texts, weight } from './pages.ts';

const folder = 'src/content/labs';
const ids = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const squeeze = (text: string) => text.replace(/\s+/g, '');
const words = (language: 'ko' | 'en') =>
  JSON.parse(readFileSync(`src/content/i18n/${language}.json`, 'utf8')) as Record<string, string>;

it('every lab has a page in both languages', () => {
  const paths = ids.flatMap((id) => [`/en/labs/${id}/`, `/labs/${id}/`]);
  expect(labPages.map(({ path }) => path).sort()).toEqual(paths.sort());
});

it.each(pages)('$path has no id twice', (page) => {
  const all = attribute(page, '[id]', 'id');
  expect(all.filter((id, at) => all.indexOf(id) !== at)).toEqual([]);
});

describe.each(labPages)('$path', (page) => {
  const id = page.path.split('/').filter(Boolean).at(-1) ?? '';
  const text = squeeze(texts(page, 'main').join(''));
  const lacking = (parts: readonly string[]) => parts.filter((part) => !text.includes(squeeze(part)));
  const read = (...path: string[]) => readFileSync(join(folder, id, ...path), 'utf8');

  it('has the script, what must hold, and every recording', () => {
    expect(lacking(read('lab.sh').split('\n'))).toEqual([]);
    expect(lacking([read('expected.txt')])).toEqual([]);
    const outputs = readdirSync(join(folder, id, 'recorded')).map((name) => {
      const { runs } = parseRecording(read('recorded', name));
      return runs[0]?.output ?? `no run in ${name}`;
    });
    expect(outputs.length).toBeGreaterThan(0);
    expect(lacking(outputs)).toEqual([]);
  });

  it('has the task, its hints and its solution, with what it printed', async () => {
    const { intro, task } = parse(read('lab.yaml'));
    const prose = [intro, task.ask, ...task.hints, task.solution].map((one) => inlineMarkdown(one[page.language]));
    const shown = (await Promise.all(prose)).map((html) => toText(fromHtml(html), { whitespace: 'pre' }));
    expect(lacking(shown)).toEqual([]);
    expect(lacking(read('solution.sh').split('\n'))).toEqual([]);
    expect(lacking([parseRecording(read('solution.txt')).runs[0]?.output ?? 'no run'])).toEqual([]);
  });

  it('compares with an ordinary user of the usual machine, or with the only machine that it may run on', () => {
    const { browser } = parse(read('lab.yaml'));
    const usual = browser?.runs && browser.only ? 'debian-12-v86' : 'debian-12-user';
    expect(texts(page, '.lab-recording summary code')[0]).toBe(usual);
  });

  it('offers a hint only inside the one before', () => {
    const depth = parse(read('lab.yaml')).task.hints.length;
    const nested = Array.from({ length: depth }, () => '.lab-hints').join(' > ');
    expect(texts(page, nested)).toHaveLength(1);
    expect(texts(page, '.lab-hints')).toHaveLength(depth);
  });

  it('has headings without a gap, and a table of contents that leads to them', () => {
    const levels = [...page.html.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level));
    const inMain = levels.slice(levels.indexOf(1));
    expect(inMain[0]).toBe(1);
    for (const [at, level] of inMain.entries()) expect(level).toBeLessThanOrEqual((inMain[at - 1] ?? 0) + 1);
    const toc = attribute(page, 'starlight-toc a[href]', 'href').filter((href) => href !== '#_top');
    const headings = attribute(page, '.lab-own h2[id]', 'id').map((heading) => `#${heading}`);
    expect(toc).toEqual(headings);
  });
});

describe.each(['ko', 'en'] as const)('the catalogue (%s)', (language) => {
  const start = language === 'en' ? '/en' : '';
  const page = pages.find(({ path }) => path === `${start}/labs/`);

  it('leads to every lab, once', () => {
    const links = attribute(page as Page, '.lab-group h3 a', 'href').sort();
    expect(links).toEqual(ids.map((id) => `${start}/labs/${id}/`).sort());
  });

  it('is in the sidebar of every page that has one', () => {
    const beside = pages.filter((one) => one.language === language && texts(one, 'nav.sidebar').length > 0);
    expect(beside.length).toBeGreaterThan(ids.length);
    for (const one of beside) expect(attribute(one, 'nav.sidebar a', 'href'), one.path).toContain(`${start}/labs/`);
    expect(words(language)['labs.title']?.length).toBeGreaterThan(0);
  });
});

it.each(lessons)('$path is at most 75 kB, compressed', (page) => {
  expect(weight(page)).toBeLessThanOrEqual(75_000);
});
