import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attribute, deployed, type Page, pages } from './pages.ts';

const byPath = new Map(pages.map((page) => [page.path, page]));
const anchors = new Map(pages.map((page) => [page.path, new Set(attribute(page, '[id]', 'id'))]));

function problem(page: Page, href: string): string | undefined {
  if (/^(https?:|mailto:|data:)/.test(href)) return undefined;
  const url = new URL(href, `http://site${page.path}`);
  const path = decodeURIComponent(url.pathname);
  const target = byPath.get(path);
  if (!target)
    return existsSync(join(deployed, path)) && !path.endsWith('/') ? undefined : `${href}: no such page or file`;
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (anchor && !anchors.get(path)?.has(anchor)) return `${href}: no such anchor`;
  return undefined;
}

it.each(pages)('$path links only to what is there', (page) => {
  expect(attribute(page, 'a[href]', 'href').flatMap((href) => problem(page, href) ?? [])).toEqual([]);
});

it.each(pages)('$path stays in its language', (page) => {
  // Only the language switch and the alternates lead to the other language.
  const inside = attribute(page, 'main a[href]', 'href').filter((href) => href.startsWith('/'));
  const strangers = inside.filter((href) => {
    const target = byPath.get(new URL(href, 'http://site').pathname);
    return target && target.language !== page.language;
  });
  expect(strangers).toEqual([]);
});
