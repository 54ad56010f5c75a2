// Every collection and its schema. What the fields mean is said here once; CONTRIBUTING.md says how to add an entry.
import { defineCollection } from 'astro:content';
import { docsLoader, i18nLoader } from '@astrojs/starlight/loaders';
import { docsSchema, i18nSchema } from '@astrojs/starlight/schema';
import { file, glob } from 'astro/loaders';
import { lists } from './site/list-loader.ts';
import { probeFactSchema } from './site/probe-schema.ts';
import { correctionSchema, figureSchema, moduleSchema, quizSchema, termSchema } from './site/schemas/course.ts';
import { dockerfileSchema } from './site/schemas/dockerfile.ts';
import { docsFields } from './site/schemas/docs.ts';
import { errorSchema } from './site/schemas/errors.ts';
import { uiStrings } from './site/schemas/i18n.ts';
import { lecturePartSchema } from './site/schemas/lecture.ts';
import { labGroupSchema, labSchema, mismatchSchema, snippetSchema } from './site/schemas/runnables.ts';
import { sheetSchema } from './site/schemas/sheet.ts';

/** A collection of `<id>/<name>` under a folder: the folder's name is the id. */
const folders = (base: string, name: string) =>
  glob({ base, pattern: `*/${name}`, generateId: ({ entry }) => entry.split('/')[0] ?? entry });

export const collections = {
  docs: defineCollection({ loader: docsLoader(), schema: docsSchema({ extend: docsFields }) }),
  i18n: defineCollection({ loader: i18nLoader(), schema: i18nSchema({ extend: uiStrings }) }),
  modules: defineCollection({ loader: glob({ base: 'src/content/modules', pattern: '*.yaml' }), schema: moduleSchema }),
  quizzes: defineCollection({ loader: glob({ base: 'src/content/quizzes', pattern: '*.yaml' }), schema: quizSchema }),
  snippets: defineCollection({ loader: folders('src/content/snippets', 'snippet.yaml'), schema: snippetSchema }),
  dockerfiles: defineCollection({
    loader: folders('src/content/dockerfiles', 'dockerfile.yaml'),
    schema: dockerfileSchema,
  }),
  labs: defineCollection({ loader: folders('src/content/labs', 'lab.yaml'), schema: labSchema }),
  labGroups: defineCollection({ loader: file('src/content/labs/groups.yaml'), schema: labGroupSchema }),
  mismatches: defineCollection({
    loader: glob({
      base: 'src/content/labs',
      pattern: '**/mismatches.yaml',
      generateId: ({ entry }) => entry.split('/').at(-2) ?? 'common',
    }),
    schema: mismatchSchema,
  }),
  probeFacts: defineCollection({ loader: file('src/content/probe/facts.yaml'), schema: probeFactSchema }),
  corrections: defineCollection({
    // An id keeps its capital: C01.
    loader: glob({
      base: 'src/content/corrections',
      pattern: '*.yaml',
      generateId: ({ entry }) => entry.replace(/\.yaml$/, ''),
    }),
    schema: correctionSchema,
  }),
  figures: defineCollection({ loader: glob({ base: 'src/content/figures', pattern: '*.yaml' }), schema: figureSchema }),
  sheets: defineCollection({ loader: glob({ base: 'src/content/sheets', pattern: '*.yaml' }), schema: sheetSchema }),
  lecture: defineCollection({
    loader: glob({ base: 'src/content/lecture', pattern: '*.yaml' }),
    schema: lecturePartSchema,
  }),
  errors: defineCollection({
    loader: glob({
      base: 'src/content/errors',
      pattern: '*.yaml',
      // "137" stays a text.
      generateId: ({ entry }) => entry.replace(/\.yaml$/, ''),
    }),
    schema: errorSchema,
  }),
  terms: defineCollection({ loader: lists('src/content/glossary'), schema: termSchema }),
};
