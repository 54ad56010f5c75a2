import { describe, expect, it } from 'vitest';
import { snippetSchema } from '../../../src/site/schemas/runnables.ts';

const both = (text: string) => ({ ko: text, en: text });
const choice = (text: string, right: boolean) => ({ text: both(text), right, reason: both(`why ${text}`) });
const snippet = (predict: unknown) => ({
  title: both('title'),
  backends: ['local-node'],
  runs: [{ id: 'run', argv: ['node', 'main.mjs'], exit: 0 }],
  predict,
});
const predict = { question: both('?'), choices: [choice('a', false), choice('b', true)], evidence: 'b=1' };

describe('the prediction of a snippet', () => {
  it('is a question with choices and the line that answers it, or is left out', () => {
    expect(snippetSchema.parse(snippet(predict)).predict).toEqual(predict);
    expect(snippetSchema.parse(snippet(undefined)).predict).toBeUndefined();
  });

  it.each([
    ['no right choice', { ...predict, choices: [choice('a', false), choice('b', false)] }],
    ['two right choices', { ...predict, choices: [choice('a', true), choice('b', true)] }],
    ['one choice', { ...predict, choices: [choice('b', true)] }],
    [
      'five choices',
      { ...predict, choices: [choice('b', true), ...['c', 'd', 'e', 'f'].map((it) => choice(it, false))] },
    ],
    ['no evidence', { ...predict, evidence: '' }],
    ['a choice without a reason', { ...predict, choices: [choice('a', true), { text: both('b'), right: false }] }],
    ['one language', { ...predict, question: { ko: '?' } }],
  ])('is refused with %s', (_, broken) => {
    expect(snippetSchema.safeParse(snippet(broken)).success).toBe(false);
  });
});
