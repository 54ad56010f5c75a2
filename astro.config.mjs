// @ts-check
// Wiring only: what is wired stands in src/site, src/components and server.
import { readFileSync } from 'node:fs';
import { unified } from '@astrojs/markdown-remark';
import sitemap from '@astrojs/sitemap';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import cjkFriendly from 'remark-cjk-friendly';
import { localServer } from './server/astro-integration.ts';
import { sidebar } from './src/site/course.ts';
import { focusableTables } from './src/site/focusable-tables.ts';

/**
 * Takes the style of search results, 2.5 kB of every page, out of Starlight's component; src/components/starlight/Search.astro loads it
 * with the search. The build fails where Starlight no longer has the rule.
 */
function searchStyleOnDemand() {
  const rule = /@import url\('@pagefind\/default-ui\/css\/ui\.css'\) layer\(starlight\.core\);/;
  return {
    name: 'search-style-on-demand',
    enforce: 'pre',
    /** @param {string} id */
    load(id) {
      if (!/\/@astrojs\/starlight\/.*\/Search\.astro$/.test(id)) return;
      const component = readFileSync(id, 'utf8');
      if (!rule.test(component)) throw new Error(`${id} no longer imports the style of the search results.`);
      return component.replace(rule, '');
    },
  };
}

export default defineConfig({
  // A CI variable that is not set comes as an empty string.
  site: process.env.SITE_URL || 'http://localhost:4321',
  base: process.env.BASE_PATH || '/',
  trailingSlash: 'always',
  // Astro 7's own Markdown processor leaves **굵게(bold)**를 as literal asterisks; this plugin does not.
  markdown: { processor: unified({ remarkPlugins: [cjkFriendly], rehypePlugins: [focusableTables] }) },
  vite: {
    plugins: [searchStyleOnDemand()],
    // One "use client" warning a page would drown every other line of the build.
    // license: the texts of the libraries whose code is in the scripts of the pages; /credits/ links to them.
    build: {
      license: { fileName: 'libraries.txt' },
      rolldownOptions: { checks: { moduleLevelDirective: false } },
    },
  },
  integrations: [
    localServer(),
    // Starlight brings one of its own, which would list the page of the runtime's frame.
    sitemap({
      filter: (page) => !page.endsWith('/runtime/webcontainer/'),
      i18n: { defaultLocale: 'root', locales: { root: 'ko', en: 'en' } },
    }),
    starlight({
      title: { ko: '클라우드 환경의 이해', en: 'Understanding the Cloud' },
      locales: { root: { label: '한국어', lang: 'ko' }, en: { label: 'English', lang: 'en' } },
      defaultLocale: 'root',
      sidebar: sidebar(),
      customCss: ['tokens', 'base', 'korean', 'pane', 'print'].map((name) => `./src/styles/${name}.css`),
      components: {
        Footer: './src/components/starlight/Footer.astro',
        Hero: './src/components/starlight/Hero.astro',
        LanguageSelect: './src/components/starlight/LanguageSelect.astro',
        Search: './src/components/starlight/Search.astro',
        PageTitle: './src/components/starlight/PageTitle.astro',
        SiteTitle: './src/components/starlight/SiteTitle.astro',
      },
    }),
  ],
});
