/** Terms in Korean lessons: the glossary's own word, with the English beside it where it is first used. */
import { describe, expect, it } from 'vitest';
import { isWritten, readModules } from '../../src/site/course.ts';
import type { Term } from '../../src/site/glossary.ts';
import { readLists } from '../../src/site/list-loader.ts';
import { readPage } from './pages.ts';

const terms = new Map(readLists<Term>('src/content/glossary').map((term) => [term.id, term.term]));
const hangul = /[가-힣]/;
const latin = /[A-Za-z]/;

/** Korean forms of a term without what stands in brackets: "소프트/하드 리밋" to "소프트" and "하드 리밋". */
const formsOf = (korean: string) =>
  korean
    .replace(/\(.*\)/, '')
    .split('/')
    .map((form) => form.trim());

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** The running text from the mental model on, other things blanked out so that places stay: what comes before is a story and a question. */
function runningText(body: string): string {
  const start = body.search(/^## 핵심 그림$/m);
  const rest = body.slice(0, start).replace(/[^\n]/g, ' ') + body.slice(start);
  return rest
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, blank)
    .replace(/^(?:#|\||import ).*$/gm, blank)
    .replace(/\w+="[^"]*"/g, (found) => (found.startsWith('id=') ? found : blank(found)))
    .replace(/`[^`\n]+`/g, blank);
}

interface Use {
  id: string;
  text: string;
  at: number;
}

const usesOf = (body: string): Use[] =>
  [...body.matchAll(/<Term id="([^"]*)"(?:\s*\/>|>([\s\S]*?)<\/Term>)/g)].map((match) => ({
    id: match[1] ?? '',
    text: match[2] ?? '',
    at: match.index,
  }));

/** Terms that hold another one: "사용자 네임스페이스" is not a use of "네임스페이스". */
const longerThan = (korean: string) =>
  [...terms.values()].map(({ ko }) => ko.replace(/\(.*\)/, '')).filter((ko) => ko !== korean && ko.includes(korean));

/** Terms of a lesson whose Korean word occurs in the running text before the place that explains and links it. */
function usedBefore(body: string): string[] {
  const text = runningText(body);
  return usesOf(body).flatMap(({ id, at }) => {
    const korean = (terms.get(id)?.ko ?? '').replace(/\(.*\)/, '');
    if (!hangul.test(korean)) return [];
    // Up to the sentence of the link: "**총소유비용**(<Term id="tco">TCO</Term>)" introduces the term in that very place.
    const before = longerThan(korean).reduce(
      (rest, longer) => rest.replaceAll(longer, blank(longer)),
      text.slice(0, Math.max(0, at - 20)),
    );
    const first = before.search(new RegExp(`(?<![가-힣])${korean}`));
    return first >= 0 ? [`${korean}: "…${text.slice(Math.max(0, first - 15), first + 20)}…"`] : [];
  });
}

const lessons = readModules().flatMap(({ id, lessons }) =>
  lessons.filter(({ slug }) => isWritten(id, slug)).map(({ slug }) => `${id}/${slug}`),
);

describe.each(lessons)('%s', (page) => {
  const { body } = readPage('ko', page);
  const uses = usesOf(body);

  it('links terms', () => {
    expect(uses.length).toBeGreaterThan(0);
  });

  it('gives the English beside a Korean term', () => {
    expect(uses.filter(({ text }) => hangul.test(text) && !latin.test(text))).toEqual([]);
  });

  it("uses the glossary's word", () => {
    const other = uses.filter(({ id, text }) => {
      const term = terms.get(id);
      if (!term || !hangul.test(text)) return false;
      return !formsOf(term.ko).some((form) => text.includes(form)) && !text.startsWith(term.en);
    });
    expect(other.map(({ id, text }) => `${id}: ${text}`)).toEqual([]);
  });

  it('links a term where the running text first uses it', () => {
    expect(usedBefore(body)).toEqual([]);
  });
});

describe('the check of first uses', () => {
  const lesson = (text: string) => `## 이야기\n\n소켓 이야기.\n\n## 핵심 그림\n\n${text}\n`;
  const link = '<Term id="socket">소켓(socket)</Term>';

  it('finds a word before its link', () => {
    expect(usedBefore(lesson(`이제 소켓 하나를 열어요. 그것이 ${'긴 말 '.repeat(8)}${link}이에요.`))).toHaveLength(1);
  });

  it('does not mind stories, code, tables, headings and other words', () => {
    const before = '### 소켓\n\n| 소켓 |\n|---|\n\n`소켓`과 "x".\n\n<X claim="소켓" />\n\n가소켓\n\n';
    expect(usedBefore(lesson(`${before}${link}은 소켓이에요.`))).toEqual([]);
  });
});
