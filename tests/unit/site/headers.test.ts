import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { headersFile, headersFor, headerTable, nginxConfig, vercelConfig } from '../../../src/site/headers.ts';

describe('headersFor', () => {
  it.each(['/', '/en/', '/troubleshooting/lab-ulimit/', '/_astro/x.js', '/labs/oom.sh', '/pagefind/pagefind.js'])(
    'isolates %s',
    (path) => {
      expect(headersFor(path)).toMatchObject({
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      });
    },
  );

  it('lets only files with a hash in their name be kept for ever', () => {
    expect(headersFor('/_astro/x.js')['Cache-Control']).toContain('immutable');
    expect(headersFor('/en/')['Cache-Control']).toBeUndefined();
    for (const name of ['linux.0123456789ab.xz', 'libv86.0123456789ab.mjs', 'v86.0123456789ab.wasm'])
      expect(headersFor(`/linux/${name}`)['Cache-Control'], name).toContain('immutable');
    for (const name of ['', 'LICENCES.txt', 'SOURCES.md'])
      expect(headersFor(`/linux/${name}`)['Cache-Control'], name).toBeUndefined();
    // What the names are, is read anew.
    expect(headersFor('/linux/manifest.json')['Cache-Control']).toBe('no-cache');
  });

  it('gives the files of the Linux image types with which a browser takes them', () => {
    expect(headersFor('/linux/libv86.0123456789ab.mjs')['Content-Type']).toMatch(/^text\/javascript/);
    expect(headersFor('/linux/v86.0123456789ab.wasm')['Content-Type']).toBe('application/wasm');
    expect(headersFor('/linux/SOURCES.md')['Content-Type']).toMatch(/^text\/plain/);
  });

  it('sets no header twice: some hosts would join the two values', () => {
    for (const path of ['/_astro/x.js', '/labs/oom.sh', '/linux/manifest.json', '/linux/v86.0123456789ab.wasm']) {
      const names = headerTable
        .filter((rule) => new RegExp(`^${rule.path.replaceAll('.', '\\.').replace('*', '.*')}$`).test(path))
        .flatMap(({ headers }) => Object.keys(headers));
      expect(names, path).toEqual([...new Set(names)]);
    }
  });

  it('shows the script of a lab as text, and its page as what it is', () => {
    for (const path of ['/labs/emfile.sh', '/labs/SHA256SUMS'])
      expect(headersFor(path)['Content-Type']).toBe('text/plain; charset=utf-8');
    for (const path of ['/labs/', '/labs/emfile/', '/en/labs/emfile/', '/labs.sh'])
      expect(headersFor(path)['Content-Type'], path).toBeUndefined();
  });

  it('lets StackBlitz see which site asks', () => {
    expect(headersFor('/')['Referrer-Policy']).toBe('strict-origin-when-cross-origin');
  });
});

describe('the files for hosts', () => {
  it('mean the same addresses', () => {
    expect(headersFile()).toContain('\n/labs/*.sh\n');
    expect(vercelConfig()).toContain('"source": "/labs/(.*)\\\\.sh"');
    expect(nginxConfig()).toContain('location ~ ^/labs/.*\\.sh$ {');
    expect(nginxConfig()).toContain('location = /labs/SHA256SUMS {');
  });

  it('have every header of the table', () => {
    for (const { headers } of headerTable)
      for (const [name, value] of Object.entries(headers))
        for (const text of [headersFile(), vercelConfig(), nginxConfig()]) {
          expect(text).toContain(value);
          if (name !== 'Content-Type') expect(text).toContain(name);
        }
  });

  it.each([
    ['vercel.json', vercelConfig],
    ['docs/nginx-headers.conf', nginxConfig],
  ])('%s is what npm run headers writes', (file, write) => {
    expect(readFileSync(file, 'utf8')).toBe(write());
  });
});
