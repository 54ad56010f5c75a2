/** What a deployed build must hold, and what it must not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headersFile } from '../../src/site/headers.ts';
import { attribute, deployed, filesOf, lessons, local, pages } from './pages.ts';

const isText = (file: string) => /\.(html|js|css|json|txt|xml|sh)$|_headers$/.test(file);
const holding = (build: string, needle: string) =>
  filesOf(build).filter((file) => isText(file) && readFileSync(join(build, file), 'utf8').includes(needle));

describe('the local runner', () => {
  it('leaves no trace in a deployed build', () => {
    expect(holding(deployed, '__runner')).toEqual([]);
  });

  it('is in the local build', () => {
    expect(holding(local, '__runner').length).toBeGreaterThan(0);
  });
});

it('writes the header table for hosts that read _headers', () => {
  expect(readFileSync(join(deployed, '_headers'), 'utf8')).toBe(headersFile());
});

it.each(pages)('$path asks no other host for anything', (page) => {
  const loaded = [
    ...attribute(page, 'script[src], img[src], iframe[src], source[src], audio[src], video[src]', 'src'),
    ...attribute(
      page,
      'link[rel~=stylesheet], link[rel~=preload], link[rel~=modulepreload], link[rel~=icon], link[rel~=preconnect]',
      'href',
    ),
  ];
  expect(loaded.filter((url) => /^(https?:)?\/\//.test(url))).toEqual([]);
});

it.each(lessons)('$path loads neither a runtime nor the editor nor the checker before a press', (page) => {
  const early = [...attribute(page, 'script[src]', 'src'), ...attribute(page, 'link[rel=modulepreload]', 'href')];
  const code = early.map((file) => readFileSync(join(deployed, file), 'utf8')).join('\n');
  expect(code).not.toMatch(/WEBCONTAINER_API_IFRAME_URL/);
  expect(code).not.toMatch(/cm-editor/);
  expect(code.length, 'bytes of JavaScript that the page names').toBeLessThan(60_000);
});

it('keeps Korean words whole', () => {
  const css = filesOf(deployed).filter((file) => file.endsWith('.css'));
  expect(css.some((file) => /word-break:\s*keep-all/.test(readFileSync(join(deployed, file), 'utf8')))).toBe(true);
});
