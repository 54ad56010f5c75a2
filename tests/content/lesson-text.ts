/** Reads a lesson's MDX as text, for the style checks: what it shows, in which order, and its sentences. No reader ever sees this. */
import { parse } from 'yaml';

export interface Component {
  name: string;
  id: string | undefined;
}

export interface LessonText {
  frontMatter: Record<string, unknown>;
  /** Everything after the front matter. */
  body: string;
  /** Names of the imported components. */
  imports: string[];
  /** Components in the order of the page; `id` where the tag has one. */
  components: Component[];
  /** Texts of the second-level headings. */
  headings: string[];
  /** All headings in order, with their levels. */
  outline: { level: number; text: string }[];
  /** Code blocks in order: the word after the fence, and how many lines. */
  fences: { language: string; lines: number }[];
  /** Tables in order: rows without the head, and columns. */
  tables: { rows: number; columns: number }[];
  /** The prose without code, addresses, tags and imports, for counting letters. */
  letters: string;
  /** Addresses of Markdown links. */
  links: string[];
  /** Sentences of the prose outside of safety boxes: no code blocks, tables or headings; inline code counts as one word. */
  sentences: string[];
  /** The same of the safety boxes (`:::danger` and the like). */
  boxSentences: string[];
  /** Texts of inline code. */
  codes: string[];
}

const fence = /^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm;
const comment = /\{\/\*[\s\S]*?\*\/\}/g;
const box = /^:::\w+(?:\[[^\]]*\])?\n([\s\S]*?)^:::$/gm;
const tag = /<\/?[A-Z]\w*(?:\s+\w+=(?:"[^"]*"|\{[^}]*\}))*\s*\/?>/g;

/** Throws where the text has no front matter. */
export function readLesson(text: string): LessonText {
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text);
  if (!parts) throw new Error('the lesson has no front matter');
  const body = parts[2] ?? '';
  const prose = body.replace(fence, '').replace(comment, '');
  const shown = prose.replace(/^import .*$/gm, '');
  return {
    frontMatter: parse(parts[1] ?? '') as Record<string, unknown>,
    body,
    imports: [...prose.matchAll(/^import (\w+) from /gm)].map((match) => match[1] ?? ''),
    components: [...shown.matchAll(/<([A-Z]\w*)\b([^>]*)>/g)].map((match) => ({
      name: match[1] ?? '',
      id: /\bid="([^"]*)"/.exec(match[2] ?? '')?.[1],
    })),
    headings: [...prose.matchAll(/^## (.+)$/gm)].map((match) => match[1] ?? ''),
    outline: [...prose.matchAll(/^(#{2,6}) (.+)$|^<h([2-6])[^>]*>(.*?)<\/h\3>$/gm)].map(
      ([, marks, title, level, text]) => ({ level: marks?.length ?? Number(level), text: title ?? text ?? '' }),
    ),
    fences: [...body.matchAll(/^(`{3,})(\S*)[^\n]*\n([\s\S]*?)^\1$/gm)].map((match) => ({
      language: match[2] ?? '',
      lines: (match[3] ?? '').split('\n').length - 1,
    })),
    tables: [...prose.matchAll(/(?:^\|.*\n){2,}/gm)].map(([table]) => {
      const lines = table.trim().split('\n');
      return { rows: lines.length - 2, columns: (lines[1] ?? '').split('|').length - 2 };
    }),
    letters: shown
      .replace(/<[^>]*>/g, '')
      .replace(/`[^`\n]+`/g, '')
      .replace(/\]\([^)]*\)/g, ']')
      .replace(/https?:\/\/\S+/g, ''),
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ''),
    sentences: sentencesOf(shown.replace(box, '')),
    boxSentences: [...shown.matchAll(box)].flatMap((match) => sentencesOf(match[1] ?? '')),
    codes: [...shown.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? ''),
  };
}

/** Sentences of Markdown prose, in order. A list item, a line of a quotation and a paragraph end a sentence as a full stop does. */
export function sentencesOf(markdown: string): string[] {
  return markdown
    .replace(fence, '')
    .replace(tag, (found) => (found.startsWith('<Term') || found.startsWith('</Term') ? '' : '\n\n'))
    .split(/\n\s*\n|\n(?=\s*(?:[-*>]|\d+\.)\s)/)
    .map((block) => block.trim())
    .filter((block) => block !== '' && !/^(?:#|\||import )/.test(block))
    .map((block) =>
      block
        .replace(/^(?:[-*>]|\d+\.)\s+/, '')
        .replace(/`[^`\n]+`/g, 'code')
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/\*\*/g, '')
        .replace(/\s+/g, ' '),
    )
    .flatMap((block) => block.split(/(?<=[.?!](?:["”’)]|요\.)?)\s+(?=\S)/))
    .filter((sentence) => /[\p{L}]/u.test(sentence));
}

/** Length as the style guide counts it: words in English, characters with spaces in Korean. */
export function lengthOf(sentence: string, language: 'ko' | 'en'): number {
  return language === 'en' ? sentence.split(/\s+/).length : [...sentence].length;
}
