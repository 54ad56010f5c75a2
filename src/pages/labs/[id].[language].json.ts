// What the course knows of a lab's differences, in one language, fetched when a reader's output or machine is first looked at.
import { getCollection, getEntry } from 'astro:content';
import type { APIRoute } from 'astro';
import type { LabKnowledge } from '../../components/lab/knowledge.ts';
import { inlineMarkdown } from '../../site/inline-markdown.ts';
import { type Language, languages } from '../../site/locales.ts';
import { inScriptOrder, recordedMachines } from '../../site/probe.ts';

export async function getStaticPaths() {
  const labs = await getCollection('labs');
  return labs.flatMap(({ id }) => languages.map((language) => ({ params: { id, language } })));
}

export const GET: APIRoute = async ({ params }) => {
  const id = params['id'] ?? '';
  const language: Language = params['language'] === 'en' ? 'en' : 'ko';
  const known = await Promise.all([getEntry('mismatches', id), getEntry('mismatches', 'common')]);
  const causes = known.flatMap((entry) => entry?.data.mismatches ?? []);
  /** Whether an explanation belongs to this lab. */
  const isSaid = ({ labs }: { labs: string[] }) => labs.includes(id) || labs.includes('every');
  const all = (await getCollection('probeFacts')).map(({ data }) => data);
  const facts = inScriptOrder(all, recordedMachines()).filter(
    ({ labs, rules }) => labs.includes(id) || rules.some(isSaid),
  );
  const knowledge: LabKnowledge = {
    causes: await Promise.all(
      causes.map(async ({ id, when, cause, remedy }) => ({
        id,
        when,
        cause: await inlineMarkdown(cause[language]),
        remedy: await inlineMarkdown(remedy[language]),
      })),
    ),
    facts: await Promise.all(
      facts.map(async ({ id: fact, kind, name, labs, rules }) => ({
        id: fact,
        kind,
        name: name[language],
        shown: labs.includes(id),
        // A rule for other labs takes its turn, too: the first that holds is the explanation.
        rules: await Promise.all(
          rules.map(async ({ when, why, labs }) => ({
            when,
            why: isSaid({ labs }) ? await inlineMarkdown(why[language]) : null,
          })),
        ),
      })),
    ),
  };
  return new Response(JSON.stringify(knowledge), { headers: { 'Content-Type': 'application/json; charset=utf-8' } });
};
