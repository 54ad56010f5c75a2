import { describe, expect, it } from 'vitest';
import { type Answers, answer, score } from '../../../src/components/elements/quiz-score.ts';

const play = (...steps: [string, 'right' | 'wrong' | 'opened'][]): Answers =>
  steps.reduce<Answers>((answers, [question, what]) => answer(answers, question, what), {});

describe('score', () => {
  it('counts a right first check', () => {
    expect(score(play(['a', 'right'], ['b', 'right']))).toEqual({ done: 2, firstTry: 2 });
  });

  it('does not count a right answer after a wrong one as a first try', () => {
    expect(score(play(['a', 'wrong']))).toEqual({ done: 0, firstTry: 0 });
    expect(score(play(['a', 'wrong'], ['a', 'right']))).toEqual({ done: 1, firstTry: 0 });
  });

  it('keeps what was reached: a finished question stays finished, a first try stays one', () => {
    expect(score(play(['a', 'right'], ['a', 'wrong']))).toEqual({ done: 1, firstTry: 1 });
  });

  it('finishes a question whose reasons were opened, without a point', () => {
    expect(score(play(['a', 'wrong'], ['a', 'opened'], ['a', 'right']))).toEqual({ done: 1, firstTry: 0 });
  });
});
