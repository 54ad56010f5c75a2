/** "My machine" as a reader without JavaScript gets it: the probe, every recorded machine, every explanation. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { select, selectAll } from 'hast-util-select';
import { toText } from 'hast-util-to-text';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readProbe } from '../../src/checker/probe.ts';
import type { LabKnowledge } from '../../src/components/lab/knowledge.ts';
import { copyBlock } from '../../src/components/lab/script.ts';
import { parseRecording } from '../../src/runtime/transcript.ts';
import { languages } from '../../src/site/locales.ts';
import type { ProbeFact } from '../../src/site/probe-schema.ts';
import { attribute, deployed, labPages, type Page, pages, texts } from './pages.ts';

const folder = 'src/content/probe';
const script = readFileSync(`${folder}/probe.sh`, 'utf8');
const facts: ProbeFact[] = parse(readFileSync(`${folder}/facts.yaml`, 'utf8'));
const machines = readdirSync(`${folder}/recorded`).map((name) => ({
  id: name.replace('.txt', ''),
  output: parseRecording(readFileSync(`${folder}/recorded/${name}`, 'utf8')).runs[0]?.output ?? '',
}));
const own = pages.filter(({ path }) => path.endsWith('/my-machine/'));
const squeeze = (text: string) => text.replace(/[\s`*]+/g, '');
const textOf = (page: Page) => squeeze(toText(page.tree, { whitespace: 'pre' }));

it('is there in both languages, and in the sidebar of each', () => {
  expect(own.map(({ path }) => path).sort()).toEqual(['/en/my-machine/', '/my-machine/']);
  for (const page of pages.filter(({ path }) => path.endsWith('/glossary/')))
    expect(attribute(page, 'nav a[href]', 'href')).toContain(
      page.language === 'en' ? '/en/my-machine/' : '/my-machine/',
    );
});

it('serves the probe as it is in the repository, with its checksum', () => {
  expect(readFileSync(join(deployed, 'labs/probe.sh'), 'utf8')).toBe(script);
  const sum = createHash('sha256').update(script).digest('hex');
  expect(readFileSync(join(deployed, 'labs/SHA256SUMS'), 'utf8')).toContain(`${sum}  probe.sh\n`);
});

describe.each(own)('$path', (page) => {
  it('holds the block to paste, whole', () => {
    expect(texts(page, '#block-probe')).toEqual([copyBlock('probe', script)]);
  });

  it('holds every output as it was recorded', () => {
    const shown = texts(page, '.lab-recording pre');
    for (const { output } of machines) expect(shown.some((text) => text.includes(output))).toBe(true);
    expect(shown).toHaveLength(machines.length);
  });

  it('has a table of what differs between the machines, with a name in every cell of its heads', () => {
    const table = select('.machine-table', page.tree);
    if (!table) throw new Error('no table');
    const heads = selectAll('thead th', table).map((one) => toText(one));
    expect(heads.slice(1).sort()).toEqual(machines.map(({ id }) => id).sort());
    const differing = facts.filter(
      ({ id }) => new Set(machines.map(({ output }) => readProbe(`${output}\n`).facts[id])).size > 1,
    );
    expect(differing.length).toBeGreaterThan(10);
    const rows = selectAll('tbody tr', table).map((row) => toText(select('th', row) ?? row));
    expect(rows.map(squeeze)).toEqual(differing.map(({ name }) => squeeze(name[page.language])));
    // It is wider than a phone, so it scrolls in a frame that the keyboard reaches.
    expect(attribute(page, '.machine-scroll[role=region][aria-label]', 'tabIndex')).toEqual(['0']);
  });

  it('says what each fact means and what it changes, in the order of the script', () => {
    const shown = textOf(page);
    for (const { name, meaning, changes } of facts)
      for (const text of [name, meaning, changes]) expect(shown).toContain(squeeze(text[page.language]));
    const order = Object.keys(readProbe(`${machines[0]?.output}\n`).facts);
    expect(attribute(page, '[data-fact]', 'dataFact')).toEqual(order);
  });

  it('has an explanation for every rule, ready to be shown', () => {
    const places = attribute(page, 'template[data-why]', 'dataWhy');
    expect(places).toHaveLength(facts.reduce((sum, { rules }) => sum + rules.length, 0));
    for (const { id, rules } of facts) for (const at of rules.keys()) expect(places).toContain(`${id} ${at}`);
  });

  it('says that comparing needs JavaScript, and shows no form that does nothing', () => {
    expect(texts(page, 'my-machine [data-without-script]')).toHaveLength(1);
    expect(attribute(page, 'my-machine form', 'hidden')).toEqual(['true']);
  });
});

describe('the notes in the labs', () => {
  const withLab = pages.filter((page) => select('check-output', page.tree));

  it.each(withLab)('$path has one for each lab, with a quiet line that leads here', (page) => {
    const labs = attribute(page, 'check-output', 'id').map((id) => id.replace('check-', ''));
    const known = labs.map((lab) => `/labs/${lab}.${page.language}.json`);
    expect(attribute(page, 'machine-note', 'dataKnowledge')).toEqual(known);
    expect(attribute(page, 'check-output', 'dataKnowledge')).toEqual(known);
    const href = page.language === 'en' ? '/en/my-machine/' : '/my-machine/';
    expect(new Set(attribute(page, 'machine-note [data-quiet] a', 'href'))).toEqual(new Set([href]));
    expect(attribute(page, 'machine-note [data-mine]', 'hidden').every((hidden) => hidden === 'true')).toBe(true);
  });

  it('are on some pages', () => {
    expect(withLab.length).toBeGreaterThanOrEqual(4);
  });
});

describe('what is known of the differences of a lab', () => {
  const labs = [...new Set(labPages.map(({ path }) => path.split('/').at(-2) ?? ''))];
  const all = labs.flatMap((lab) => languages.map((language) => ({ lab, language })));

  it.each(all)('$lab, $language: every cause and every explanation, with words', ({ lab, language }) => {
    const known: LabKnowledge = JSON.parse(readFileSync(join(deployed, `labs/${lab}.${language}.json`), 'utf8'));
    const files = [`src/content/labs/${lab}/mismatches.yaml`, 'src/content/labs/mismatches.yaml'];
    const causes = files.flatMap((file) => (existsSync(file) ? parse(readFileSync(file, 'utf8')).mismatches : []));
    expect(known.causes.map(({ id }) => id)).toEqual(causes.map(({ id }) => id));
    expect(known.causes.map(({ when }) => when)).toEqual(causes.map(({ when }) => when));
    const explanations = known.facts.flatMap(({ rules }) => rules.flatMap(({ why }) => why ?? []));
    for (const html of [...known.causes.flatMap(({ cause, remedy }) => [cause, remedy]), ...explanations]) {
      expect(html.length).toBeGreaterThan(10);
      expect(/[가-힣]/.test(html.replaceAll(/<code>.*?<\/code>/g, '')), html).toBe(language === 'ko');
    }
  });
});
