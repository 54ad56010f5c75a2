import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectLinks, linksOfData, linksOfPage } from '../../../tools/links/collect.ts';
import { offlineProblems } from '../../../tools/links/offline.ts';
import { checkPages } from '../../../tools/links/online.ts';

const link = (url: string, ...titles: string[]) => ({ url, titles, files: ['a.mdx'] });

describe('collecting', () => {
  it('finds sources, links in prose and in texts of data, and no code', () => {
    const page = [
      '---',
      'sources:',
      '  - title: open(2)',
      '    url: https://x.test/open.2.html',
      '---',
      'See [a](https://x.test/a), [b](https://x.test/b_(c)) and [here](../there/).',
      '```sh',
      'curl [x](https://x.test/code)',
      '```',
      '<Quote href="https://x.test/prop" />',
    ].join('\n');
    expect(linksOfPage(page)).toEqual([
      { url: 'https://x.test/open.2.html', title: 'open(2)' },
      { url: 'https://x.test/a' },
      { url: 'https://x.test/b_(c)' },
      { url: 'https://x.test/prop' },
    ]);
    const data = { now: { ko: '[가](https://x.test/d)' }, sources: [{ title: 'T', url: 'https://x.test/e' }] };
    expect(linksOfData(data).map(({ url }) => url)).toEqual(['https://x.test/d', 'https://x.test/e']);
  });

  it('names each address once, with all files and titles', () => {
    const found = collectLinks(['a.yaml', 'b.yaml'], (file) => [{ url: 'https://x.test/', title: file }]);
    expect(found).toEqual([{ url: 'https://x.test/', titles: ['a.yaml', 'b.yaml'], files: ['a.yaml', 'b.yaml'] }]);
  });
});

describe('without a network', () => {
  it.each([
    [link('http://x.test/'), 'not https'],
    [link('//x.test/'), 'no address'],
    [link('https://x.test/a|b'), 'escaped'],
    [link('https://docs.microsoft.com/x'), 'moved to learn.microsoft.com'],
    [link('https://bit.ly/x'), 'short link'],
    [link('https://github.com/a/b/blob/main/c.ts#L3'), 'line of a branch'],
    [link('https://x.test/', 'open(2)', 'close(2)'), '"open(2)" and "close(2)"'],
  ])('%o is a problem', (one, what) => {
    expect(offlineProblems([one]).join()).toContain(what);
  });

  it('wants one spelling of a page', () => {
    const both = [link('https://x.test/a'), link('https://www.x.test/a/')];
    expect(offlineProblems(both).join()).toContain('several ways');
  });

  it('lets right ones pass', () => {
    const fine = [
      link('https://x.test/a', 'getrlimit(2)', 'getrlimit(2), RLIMIT_RSS', 'getrlimit(2) (2024)'),
      link('https://x.test/a#b'),
      link('https://github.com/a/b/blob/v1.2/c.ts#L3'),
    ];
    expect(offlineProblems(fine)).toEqual([]);
  });
});

describe('with hosts', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [, kind] = (request.url ?? '').split('/');
    if (kind === 'old') response.writeHead(301, { Location: '/new' });
    else if (kind === 'gone') response.writeHead(404);
    else if (kind === 'no-head') response.writeHead(request.method === 'HEAD' ? 405 : 200);
    else if (kind === 'refuses') response.writeHead(403);
    response.end();
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  it('tells there, moved, gone and unclear apart, and asks for a page once', async () => {
    const paths = ['/ok#a', '/ok#b', '/old', '/gone', '/no-head', '/refuses'];
    const answers = await checkPages(
      paths.map((path) => link(origin + path)),
      { pauseMs: 1, timeoutMs: 5000 },
    );
    expect(answers.map(({ url, state, detail }) => [url.replace(origin, ''), state, detail])).toEqual([
      ['/gone', 'gone', '404'],
      ['/no-head', 'there', '200'],
      ['/ok', 'there', '200'],
      ['/old', 'moved', `${origin}/new`],
      ['/refuses', 'unclear', '403'],
    ]);
    expect(asked.filter((one) => one.endsWith(' /ok'))).toEqual(['HEAD /ok']);
  });

  it('calls a host that does not answer unclear', async () => {
    const [answer] = await checkPages([link('http://127.0.0.1:1/')], { pauseMs: 1, timeoutMs: 2000 });
    expect(answer?.state).toBe('unclear');
  });
});
