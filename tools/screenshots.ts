/**
 * `npm run screenshots [-- <part of an address> …]`: every written lesson from the build in dist/, or every page whose address has one of
 * the parts, in both languages, at two widths, light and dark, into .cache/screenshots. Fails where a page is wider than its window, and names the elements that stick out.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import sirv from 'sirv';
import { isWritten, readModules } from '../src/site/course.ts';
import { headersFor } from '../src/site/headers.ts';
import { languages, pagePath } from '../src/site/locales.ts';
import { findChromium, howToGetChromium } from './chromium.mjs';
import { findOverflow } from './overflow.ts';

const widths = [1280, 360] as const;
const themes = ['light', 'dark'] as const;
const folder = '.cache/screenshots';

if (!existsSync('dist/index.html')) {
  console.error('There is no build in dist/. Run "npm run build" first.');
  process.exit(2);
}
const executablePath = await findChromium();
if (!executablePath) {
  console.error(howToGetChromium);
  process.exit(2);
}

const wanted = process.argv.slice(2);
const lessons = readModules().flatMap(({ id, lessons }) =>
  lessons.filter(({ slug }) => isWritten(id, slug)).map(({ slug }) => `${id}/${slug}`),
);
const sitemap = readFileSync('dist/sitemap-0.xml', 'utf8');
const pages = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => new URL(address ?? '').pathname);
const paths =
  wanted.length === 0
    ? languages.flatMap((language) => lessons.map((lesson) => pagePath(language, lesson)))
    : pages.filter((path) => wanted.some((part) => path.includes(part)));
if (paths.length === 0) {
  console.error(`No page of the build has ${wanted.join(' or ')} in its address.`);
  process.exit(2);
}

const files = sirv(resolve('dist'), { dev: true });
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  for (const [name, value] of Object.entries(headersFor(pathname))) response.setHeader(name, value);
  files(request, response, () => {
    response.writeHead(404).end();
  });
});
await new Promise<void>((done) => {
  server.listen(0, 'localhost', done);
});
const baseURL = `http://localhost:${(server.address() as AddressInfo).port}`;
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
let taken = 0;
let wide = 0;
try {
  for (const width of widths) {
    const context = await browser.newContext({ baseURL, viewport: { width, height: 900 }, deviceScaleFactor: 1 });
    const page = await context.newPage();
    for (const path of paths) {
      await page.goto(path, { waitUntil: 'load' });
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        const file = `${folder}${path.replace(/\/$/, '')}-${width}-${theme}.png`;
        mkdirSync(dirname(file), { recursive: true });
        await page.screenshot({ path: file, fullPage: true });
        taken += 1;
      }
      // Colours do not change widths: once is enough.
      for (const { element, by } of await page.evaluate(findOverflow)) {
        console.log(`${path} at ${width} px: ${element} is ${by} px outside of the window`);
        wide += 1;
      }
    }
    await context.close();
  }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
console.log(`${taken} screenshots of ${paths.length} pages in ${folder}, ${wide} overflows`);
process.exitCode = wide > 0 ? 1 : 0;
