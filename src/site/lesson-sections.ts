import type { Both } from './locales.ts';

/** The nine sections that every lesson has, in order, with their headings. Data files point to a section by its key. */
export const lessonSections = {
  story: { ko: '이야기', en: 'The story' },
  question: { ko: '질문', en: 'The question' },
  model: { ko: '핵심 그림', en: 'The mental model' },
  try: { ko: '해 보기', en: 'Try it' },
  happened: { ko: '무슨 일이 일어났나', en: 'What happened' },
  pitfalls: { ko: '자주 빠지는 함정', en: 'Pitfalls' },
  production: { ko: '운영에서는', en: 'In production' },
  check: { ko: '확인하기', en: 'Check yourself' },
  further: { ko: '더 깊이', en: 'Going further' },
} satisfies Record<string, Both>;

export type LessonSection = keyof typeof lessonSections;
export const sectionKeys = Object.keys(lessonSections) as [LessonSection, ...LessonSection[]];
