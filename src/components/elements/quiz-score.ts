/** What happened to each question so far: its id to the first answer, and whether it is finished. */
export type Answers = Readonly<Record<string, { firstTry: boolean; done: boolean }>>;

/**
 * The answers after one more. `right` and `wrong` are checked choices; `opened` means that the reader asked for every reason. Only the
 * first thing that happens to a question decides `firstTry`, so that going back and forth cannot raise a score.
 */
export function answer(answers: Answers, question: string, what: 'right' | 'wrong' | 'opened'): Answers {
  const before = answers[question];
  return {
    ...answers,
    [question]: {
      firstTry: before ? before.firstTry : what === 'right',
      done: before?.done === true || what !== 'wrong',
    },
  };
}

/** How many questions are finished, and how many of them were right at the first check. */
export function score(answers: Answers): { done: number; firstTry: number } {
  const all = Object.values(answers);
  return { done: all.filter(({ done }) => done).length, firstTry: all.filter(({ firstTry }) => firstTry).length };
}
