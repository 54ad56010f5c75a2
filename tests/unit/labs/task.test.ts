/** The task of a lab: asked, hinted at and solved in both languages, with a script short enough to be read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { labSchema } from '../../../src/site/schemas/runnables.ts';
import { labIds, labsFolder } from '../../../tools/sync-prelude.ts';

const languages = ['ko', 'en'] as const;
/** Korean says the same in about half of the characters. */
const lengths = {
  ko: { intro: [60, 400], ask: [60, 650], hint: [15, 280], solution: [80, 1000] },
  en: { intro: [100, 650], ask: [120, 1000], hint: [30, 450], solution: [150, 1600] },
} as const;

describe.each(labIds())('%s', (id) => {
  const file = (name: string) => join(labsFolder, id, name);
  const { intro, task } = labSchema.parse(parse(readFileSync(file('lab.yaml'), 'utf8')));

  it.each(languages)('says neither too little nor too much (%s)', (language) => {
    const fits = (name: keyof (typeof lengths)['ko'], text: string) => {
      const [least, most] = lengths[language][name];
      expect(text.length, `${name}: ${text}`).toBeGreaterThanOrEqual(least);
      expect(text.length, `${name}: ${text}`).toBeLessThanOrEqual(most);
    };
    fits('intro', intro[language]);
    fits('ask', task.ask[language]);
    for (const hint of task.hints) fits('hint', hint[language]);
    fits('solution', task.solution[language]);
  });

  it.each(languages)('has hints that differ from one another (%s)', (language) => {
    const hints = task.hints.map((hint) => hint[language].trim());
    expect(new Set(hints).size).toBe(hints.length);
    for (const hint of hints) expect(task.solution[language]).not.toContain(hint);
  });

  it('speaks Korean in the register of the prose', () => {
    const korean = [intro, task.ask, ...task.hints, task.solution].map((one) => one.ko);
    for (const text of korean) expect(text).not.toMatch(/(습니다|십시오)[.]/);
  });

  it('has a solution that is short enough to be read', () => {
    const script = readFileSync(file('solution.sh'), 'utf8');
    expect(script).toMatch(/^#!\/usr\/bin\/env bash\n# \S/);
    expect(script).toMatch(/^[\x20-\x7e\n]+$/);
    expect(script.split('\n').length).toBeLessThanOrEqual(60);
  });
});
