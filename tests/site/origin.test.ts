/** The pages about where the course comes from: the map of the lecture, and the credits. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWritten, readModules } from '../../src/site/course.ts';
import { libraries } from '../../src/site/licences.ts';
import { attribute, deployed, type Page, pages, texts } from './pages.ts';

const modules = readModules();

describe.each(['ko', 'en'] as const)('%s', (language) => {
  const start = language === 'en' ? '/en' : '';
  const page = (name: string): Page => {
    const found = pages.find(({ path }) => path === `${start}/${name}/`);
    if (!found) throw new Error(`no page ${name}`);
    return found;
  };

  it('the map has a link for each written lesson and the planned title of every other', () => {
    const map = page('lecture-map');
    const links = new Set(attribute(map, '.lecture-part a', 'href').map((href) => href.replace(/#.*/, '')));
    const planned = texts(map, '.lecture-part .planned').map((text) => text.trim());
    for (const { id, lessons } of modules)
      for (const { slug, title } of lessons) {
        const path = `${start}/${id}/${slug}/`;
        if (isWritten(id, slug)) expect(planned, path).not.toContain(title[language]);
        else expect(links, path).not.toContain(path);
      }
    expect(planned.length + links.size).toBeGreaterThan(20);
  });

  it('the map is in the sidebar', () => {
    expect(attribute(page('glossary'), 'nav.sidebar a', 'href')).toContain(`${start}/lecture-map/`);
  });

  it('the credits name the lecture, every library with its licence, and the Linux image', () => {
    const credits = page('credits');
    const text = texts(credits, 'main').join('');
    expect(text).toContain('김성주');
    expect(text).toContain('개발자가 되기 전에 알았으면 좋았을 것들');
    for (const { name, version, licence } of libraries()) expect(text).toContain(`${name} ${version} ${licence}`);
    expect(attribute(credits, 'main a', 'href')).toContain('../linux/');
  });

  it('every page leads to the credits', () => {
    const own = pages.filter((one) => one.language === language && !one.path.startsWith('/runtime/'));
    expect(own.length).toBeGreaterThan(10);
    for (const one of own) expect(attribute(one, '.site-credits a', 'href'), one.path).toContain(`${start}/credits/`);
  });
});

it('publishes the licence texts of the libraries inside the scripts', () => {
  const file = readFileSync(join(deployed, 'libraries.txt'), 'utf8');
  for (const name of ['@codemirror/view', '@xterm/xterm', '@astrojs/starlight', '@webcontainer/api'])
    expect(file).toContain(`## ${name} - `);
  expect(file).toContain('Permission is hereby granted');
});
