/** Predict first: each lesson asks before a run, and the recordings answer as the question's data says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseRecording } from '../../src/runtime/transcript.ts';
import { isWritten, readModules } from '../../src/site/course.ts';
import { labSchema, type Prediction, snippetSchema } from '../../src/site/schemas/runnables.ts';

const content = 'src/content';
const kinds = { snippets: ['snippet.yaml', snippetSchema], labs: ['lab.yaml', labSchema] } as const;
type Kind = keyof typeof kinds;

const idsOf = (kind: Kind) => readdirSync(join(content, kind)).filter((id) => existsSync(pathOf(kind, id)));
const pathOf = (kind: Kind, id: string) => join(content, kind, id, kinds[kind][0]);

function predictionOf(kind: Kind, id: string): Prediction | undefined {
  return kinds[kind][1].parse(parse(readFileSync(pathOf(kind, id), 'utf8'))).predict;
}

const asked = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
  idsOf(kind).flatMap((id) => {
    const predict = predictionOf(kind, id);
    return predict ? [{ kind, id, predict }] : [];
  }),
);

const written = readModules().flatMap((module) => module.lessons.filter(({ slug }) => isWritten(module.id, slug)));

it.each(written)('$slug asks for a prediction before one of its runs', ({ snippets = [], labs = [] }) => {
  const here = new Set([...snippets.map((id) => `snippets/${id}`), ...labs.map((id) => `labs/${id}`)]);
  expect(asked.filter(({ kind, id }) => here.has(`${kind}/${id}`)).length).toBeGreaterThan(0);
});

describe.each(asked)('$kind/$id', ({ kind, id, predict }) => {
  const folder = join(content, kind, id, 'recorded');
  const names = readdirSync(folder).filter((name) => kind === 'snippets' || name.endsWith('-user.txt'));

  it('is answered by every recording that a lesson shows', () => {
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const { runs } = parseRecording(readFileSync(join(folder, name), 'utf8'));
      const output = runs.map((run) => run.output).join('\n');
      expect(output, name).toContain(predict.evidence);
    }
  });

  it.each(['ko', 'en'] as const)('asks and explains in sentences that differ (%s)', (language) => {
    const { question, choices } = predict;
    expect(question[language]).toMatch(/\?$/);
    const texts = choices.map(({ text }) => text[language]);
    const reasons = choices.map(({ reason }) => reason[language]);
    expect(new Set([...texts, ...reasons]).size).toBe(2 * choices.length);
    for (const reason of reasons) expect(reason).toMatch(/[.?]$/);
  });
});

// A note beside the code stands above the question: it must not give the answer away.
it.each(asked.filter(({ kind }) => kind === 'snippets'))('no note of $id has the evidence', ({ id, predict }) => {
  const { notes } = snippetSchema.parse(parse(readFileSync(pathOf('snippets', id), 'utf8')));
  for (const { text } of notes) expect(`${text.ko} ${text.en}`).not.toContain(predict.evidence);
});

// A reader who notices that the first choice is never right no longer has to think.
it('has right choices at the first, the second and the third place', () => {
  const places = asked.map(({ predict }) => predict.choices.findIndex(({ right }) => right));
  for (const place of [0, 1, 2])
    expect(places.filter((one) => one === place).length / places.length, `${place}`).toBeGreaterThan(0.15);
});
