/** What can be wrong with an address without asking anyone. */
import type { ExternalLink } from './collect.ts';

/** Hosts and paths that moved, and where to. A redirect works until it does not. */
const moved: [RegExp, string][] = [
  [/^docs\.microsoft\.com$/, 'learn.microsoft.com'],
  [/^help\.github\.com$/, 'docs.github.com'],
  [/^tools\.ietf\.org$/, 'www.rfc-editor.org or datatracker.ietf.org'],
  [/^(?:www\.)?k8s\.io$/, 'kubernetes.io'],
  [/^travis-ci\.org$/, 'travis-ci.com'],
  [/^nodejs\.dev$/, 'nodejs.org'],
  [/^wiki\.archlinux\.de$/, 'wiki.archlinux.org'],
  [/^(?:cloud\.google\.com\/sre|landing\.google\.com)$/, 'sre.google'],
  [/^openebs\.github\.io$/, 'openebs.io'],
  [/^(?:bit\.ly|goo\.gl|git\.io|t\.co|tinyurl\.com|aka\.ms)$/, 'the page itself: a short link hides where it leads'],
];

const host = (url: string) => URL.parse(url)?.hostname ?? '';
/** The same page, however it is written: no fragment, no slash at the end, no "www.". */
const page = (url: string) =>
  url
    .replace(/#.*$/, '')
    .replace(/\/$/, '')
    .replace(/^https:\/\/www\./, 'https://');
/** What a title names, without the part of the page that a source points to: "getrlimit(2), RLIMIT_RSS". */
const name = (title: string) => title.split(/, | \(/)[0] ?? title;

/** Sentences about what is wrong, each with the address and a file; empty if all is well. */
export function offlineProblems(links: readonly ExternalLink[]): string[] {
  const at = ({ url, files }: ExternalLink) => `${url} (${files[0]})`;
  const problems: string[] = [];
  const spellings = new Map<string, Set<string>>();
  for (const link of links) {
    const { url, titles } = link;
    if (!URL.canParse(url)) problems.push(`${at(link)}: no address`);
    else if (!url.startsWith('https://')) problems.push(`${at(link)}: not https`);
    else if (/\s|[<>"{}|\\^`]/.test(url)) problems.push(`${at(link)}: a character that must be escaped`);
    const target = moved.find(([pattern]) => pattern.test(host(url)));
    if (target) problems.push(`${at(link)}: moved to ${target[1]}`);
    // A line of a branch is another line tomorrow.
    if (/^https:\/\/github\.com\/[^/]+\/[^/]+\/blob\/(?:main|master|HEAD)\/.*#L\d/.test(url))
      problems.push(`${at(link)}: a line of a branch that moves; name a commit or a tag`);
    const names = new Set(titles.map(name));
    if (names.size > 1) problems.push(`${at(link)}: given as ${[...names].map((one) => `"${one}"`).join(' and ')}`);
    const bare = url.replace(/#.*$/, '');
    spellings.set(page(url), (spellings.get(page(url)) ?? new Set()).add(bare));
  }
  for (const written of spellings.values())
    if (written.size > 1) problems.push(`one page, written in several ways: ${[...written].join(' and ')}`);
  return problems;
}
