/** The built site as the site tests see it: every page parsed once. `npm test` builds it before (the suite "build"). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { selectAll } from 'hast-util-select';
import { toText } from 'hast-util-to-text';

export const deployed = 'dist';
export const local = 'dist-local';

export interface Page {
  /** Address, such as "/en/troubleshooting/lab-ulimit/". */
  path: string;
  language: 'ko' | 'en';
  html: string;
  tree: Root;
}

if (!existsSync(join(deployed, 'index.html')))
  throw new Error('There is no build to look at. Run "npm test -- build site".');

/** Every file of a build, relative to it, with forward slashes. */
export function filesOf(build: string): string[] {
  return readdirSync(build, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(build.length + 1)
        .replaceAll('\\', '/'),
    );
}

/** The pages for readers: not the frame that boots a runtime, nor the error page, which is one for both languages. */
export const pages: Page[] = filesOf(deployed)
  .filter((file) => file.endsWith('index.html') && !/^runtime\/|(^|\/)404\//.test(file))
  .map((file) => {
    const html = readFileSync(join(deployed, file), 'utf8');
    const path = `/${file.replace(/index\.html$/, '')}`;
    return { path, language: path.startsWith('/en/') ? 'en' : 'ko', html, tree: fromHtml(html) };
  });

/** The parts of an address without its language, such as ["labs", "emfile"]. */
const partsOf = ({ path }: Page) => path.split('/').filter((part) => part && part !== 'en');

export const lessons = pages.filter((page) => partsOf(page).length === 2 && partsOf(page)[0] !== 'labs');

/** The own pages of labs, without the catalogue. */
export const labPages = pages.filter((page) => partsOf(page).length === 2 && partsOf(page)[0] === 'labs');

/** The values of an attribute on all elements that a selector finds. */
export function attribute(page: Page, selector: string, name: string): string[] {
  return selectAll(selector, page.tree).flatMap((element) => {
    const value = element.properties[name];
    return value === undefined || value === null ? [] : [Array.isArray(value) ? value.join(' ') : String(value)];
  });
}

/** The text of all elements that a selector finds, as a reader without JavaScript gets it. */
export function texts(page: Page, selector: string): string[] {
  return selectAll(selector, page.tree).map((element) => toText(element, { whitespace: 'pre' }));
}

/** Bytes of a page and of all styles and scripts that it names, as a host with Brotli sends them. */
export function weight(page: Page): number {
  const named = new Set([
    ...attribute(page, 'link[rel=stylesheet]', 'href'),
    ...attribute(page, 'link[rel=modulepreload]', 'href'),
    ...attribute(page, 'script[src]', 'src'),
  ]);
  // A set takes in what is added while it is walked through: the scripts that scripts import at once.
  for (const file of named)
    if (file.endsWith('.js'))
      for (const [, other = ''] of readFileSync(join(deployed, file), 'utf8').matchAll(
        /(?:from|import)\s*"\.\/([^"]+\.js)"/g,
      ))
        named.add(`/_astro/${other}`);
  const files = [...named].map((file) => readFileSync(join(deployed, file)));
  return [Buffer.from(page.html), ...files].reduce((sum, bytes) => sum + brotliCompressSync(bytes).length, 0);
}
