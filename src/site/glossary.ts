import type { Both, Language } from './locales.ts';

export interface Term {
  id: string;
  term: Both;
  meaning: Both;
  /** Slug of the lesson that explains it; it may not be written yet. */
  lesson: string;
}

export interface TermGroup {
  /** First letter: a Korean initial consonant such as "ㅅ", a Latin capital, or "" for anything else. */
  letter: string;
  terms: Term[];
}

const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
/** Hangul syllables are ordered by initial consonant, and each has 588 of them (21 vowels, 28 finals): Unicode, chapter 3.12. */
const syllablesPerInitial = 588;
// Doubled consonants stand with the plain one, as in a Korean dictionary's index.
const initials = [...'ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ'];

/** The letter under which a word stands: "세마포어" under "ㅅ", "EMFILE" under "E", "/proc" under "". */
export function firstLetter(word: string): string {
  const first = word.normalize('NFC').charAt(0);
  const code = first.charCodeAt(0);
  if (code >= firstSyllable && code <= lastSyllable)
    return initials[Math.floor((code - firstSyllable) / syllablesPerInitial)] ?? '';
  return /[a-z]/i.test(first) ? first.toUpperCase() : '';
}

/** The terms in the dictionary order of the language, grouped by first letter: Hangul first in Korean, Latin first in English. */
export function groupTerms(terms: readonly Term[], language: Language): TermGroup[] {
  const order = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  const groups = new Map<string, Term[]>();
  for (const term of [...terms].sort((a, b) => order.compare(a.term[language], b.term[language]))) {
    const letter = firstLetter(term.term[language]);
    groups.set(letter, [...(groups.get(letter) ?? []), term]);
  }
  return [...groups]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || order.compare(a, b))
    .map(([letter, grouped]) => ({ letter, terms: grouped }));
}
