/** Every address outside of the site that a reader may follow: from the pages, the data files and the components. No network. */
import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface ExternalLink {
  url: string;
  /** Titles under which it is given as a source. */
  titles: string[];
  /** Files that have it, relative to the repository. */
  files: string[];
}

interface Found {
  url: string;
  title?: string;
}

// A link in Markdown may have one pair of brackets in its address: proc(5) pages and Wikipedia do.
const markdownLink = /\]\(((?:https?:)?\/\/(?:[^()\s]|\([^()\s]*\))+)\)/g;
const attribute = /\b(?:href|src)=(?:"|\{')((?:https?:)?\/\/[^"'\s]+)(?:"|')/g;
const fence = /^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm;

const inMarkdown = (text: string): Found[] =>
  [...text.matchAll(markdownLink), ...text.matchAll(attribute)].map(([, url]) => ({ url: url ?? '' }));

/** Links of a data file: `{ title, url }` anywhere in it, and links inside of its texts. */
export function linksOfData(value: unknown): Found[] {
  if (typeof value === 'string') return inMarkdown(value);
  if (Array.isArray(value)) return value.flatMap(linksOfData);
  if (typeof value !== 'object' || value === null) return [];
  const { url, title, ...rest } = value as Record<string, unknown>;
  const own = typeof url === 'string' ? [{ url, ...(typeof title === 'string' && { title }) }] : linksOfData(url);
  return [
    ...own,
    ...(own.length > 0 && typeof title === 'string' ? [] : linksOfData(title)),
    ...Object.values(rest).flatMap(linksOfData),
  ];
}

/** Links of a page: its front matter's sources, then those of its text. Code blocks are not links. */
export function linksOfPage(text: string): Found[] {
  const [, front = '', body = text] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  return [...linksOfData(front === '' ? [] : parse(front)), ...inMarkdown(body.replace(fence, ''))];
}

function linksOfFile(file: string): Found[] {
  const text = readFileSync(file, 'utf8');
  if (/\.mdx?$/.test(file)) return linksOfPage(text);
  if (/\.ya?ml$/.test(file)) return linksOfData(parse(text));
  if (file.endsWith('.json')) return linksOfData(JSON.parse(text));
  return inMarkdown(text);
}

const sources = ['src/content/**/*.{mdx,yaml,json}', 'src/components/**/*.astro', '*.md', 'docs/*.md'];

/** All external links, sorted by address. `read` gives the links of a file; tests pass their own. */
export function collectLinks(
  files: readonly string[] = sources.flatMap((pattern) => globSync(pattern)).sort(),
  read: (file: string) => Found[] = linksOfFile,
): ExternalLink[] {
  const all = new Map<string, ExternalLink>();
  for (const file of files)
    for (const { url, title } of read(file)) {
      const link = all.get(url) ?? { url, titles: [], files: [] };
      all.set(url, link);
      const name = file.replaceAll('\\', '/');
      if (!link.files.includes(name)) link.files.push(name);
      if (title && !link.titles.includes(title)) link.titles.push(title);
    }
  return [...all.values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}
