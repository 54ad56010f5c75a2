import { type LessonSection, lessonSections } from './lesson-sections.ts';
import type { Both } from './locales.ts';

/** The numbers that ranges name: ["3", "21-23"] to [3, 21, 22, 23]. Throws for a range that runs backwards. */
export function lineNumbers(ranges: readonly string[]): number[] {
  return ranges.flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    if (!(first <= last)) throw new Error(`"${range}" is no range of lines`);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

/** The text of the heading that a place in a lesson means. */
export function headingOf(at: LessonSection | Both): Both {
  return typeof at === 'string' ? lessonSections[at] : at;
}

/** A heading as written and as Markdown prints it are the same: without marks of code, and with straight quotes. */
export function sameHeading(one: string, other: string): boolean {
  const plain = (text: string) => text.replaceAll('`', '').replace(/[‘’]/g, "'").replace(/[“”]/g, '"').trim();
  return plain(one) === plain(other);
}
