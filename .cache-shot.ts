import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { chromium } from '@playwright/test';
import sirv from 'sirv';
import { headersFor } from './src/site/headers.ts';
import { findChromium } from './tools/chromium.mjs';
import { findOverflow } from './tools/overflow.ts';
const files = sirv(resolve('dist'), { dev: true });
const server = createServer((q, r) => { const { pathname } = new URL(q.url ?? '/', 'http://x'); for (const [n, v] of Object.entries(headersFor(pathname))) r.setHeader(n, v as string); files(q, r, () => { r.writeHead(404).end(); }); });
await new Promise<void>((d) => server.listen(0, 'localhost', d));
const base = `http://localhost:${(server.address() as any).port}`;
const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
const shots: [string, number, 'light'|'dark', string, string?, boolean?][] = [
  ['ko-360-l', 360, 'light', '/errors/#137'],
  ['en-360-d', 360, 'dark', '/en/errors/#emfile'],
  ['ko-1280-d', 1280, 'dark', '/errors/#required-file-not-found'],
  ['en-1280-l', 1280, 'light', '/en/errors/', "Error: EMFILE: too many open files, open '/srv/x.jpg'"],
  ['ko-360-none', 360, 'dark', '/errors/', 'zzz unknown thing happened'],
  ['home-360', 360, 'light', '/'],
];
for (const [name, width, theme, path, type] of shots) {
  const c = await browser.newContext({ baseURL: base, viewport: { width, height: 800 }, colorScheme: theme });
  const p = await c.newPage();
  p.on('console', (m) => { if (m.type() === 'error') console.log(name, m.text()); });
  await p.goto(base + path);
  await p.waitForTimeout(500);
  if (type) { await p.fill('#error-seen', type); await p.waitForTimeout(900); }
  await p.screenshot({ path: `/work/tmp/errors-draft/${name}-view.png` });
  const o = await p.evaluate(findOverflow); if (o.length) console.log(name, JSON.stringify(o));
  await p.screenshot({ path: `/work/tmp/errors-draft/${name}.png`, fullPage: true });
  console.log(name, await p.evaluate(() => document.documentElement.scrollHeight));
  await c.close();
}
await browser.close(); server.closeAllConnections(); server.close();
