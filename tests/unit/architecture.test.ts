/** The rules that keep the parts apart: who may import what, and how long a file may grow. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const code = (file: string) => readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const imports = (file: string) =>
  [...code(file).matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, specifier = '']) => specifier);

const checker = files('src/checker', /\.ts$/);
const runtime = files('src/runtime', /\.ts$/);
const site = files('src/site', /\.ts$/);

it('sees the files', () => {
  for (const folder of [checker, runtime, site]) expect(folder.length).toBeGreaterThan(4);
});

describe.each(checker)('%s', (file) => {
  it('imports only its own folder and pure packages', () => {
    const others = imports(file).filter((from) => !from.startsWith('./') && from !== 'strip-ansi');
    expect(others).toEqual([]);
  });

  it('touches neither the page nor the system', () => {
    expect(code(file)).not.toMatch(/\b(document|window|localStorage|process|globalThis|require)\b[.([]/);
  });

  it('builds no regular expression from a text', () => {
    expect(code(file)).not.toMatch(/\bRegExp\s*\(/);
  });
});

it.each(runtime)('%s knows nothing about pages', (file) => {
  const strangers = imports(file).filter((from) => /components|\/pages|\/site\/|\.astro$|^astro/.test(from));
  expect(strangers).toEqual([]);
});

it.each(site)('%s knows nothing about components', (file) => {
  expect(imports(file).filter((from) => /components\//.test(from))).toEqual([]);
});

it.each([...files('src/components', /\.astro$/), ...files('src/pages', /\.astro$/)])('%s stays a template', (file) => {
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(160);
});

it.each([...files('src', /\.ts$/), ...files('server', /\.ts$/)])('%s can be held in mind', (file) => {
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(270);
});

describe('reader-facing words', () => {
  it.each(files('src/components', /\.(astro|ts)$/))('%s has none in Korean', (file) => {
    expect(code(file).match(/[가-힣]+/g) ?? []).toEqual([]);
  });
});
