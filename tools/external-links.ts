/**
 * `npm run links:external`            writes .cache/external-links.json and says what is wrong without asking anyone
 * `npm run links:external -- --check` asks every host too, and fails for pages that are gone
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { collectLinks } from './links/collect.ts';
import { offlineProblems } from './links/offline.ts';
import { checkPages } from './links/online.ts';

const file = '.cache/external-links.json';
const links = collectLinks();
mkdirSync('.cache', { recursive: true });
writeFileSync(file, `${JSON.stringify(links, null, 2)}\n`);
console.log(`${links.length} addresses on ${new Set(links.map(({ url }) => new URL(url).host)).size} hosts: ${file}`);

const problems = offlineProblems(links);
for (const problem of problems) console.log(problem);

let gone = 0;
if (process.argv.includes('--check')) {
  const answers = await checkPages(links);
  const filesOf = (page: string) =>
    [...new Set(links.filter(({ url }) => url.replace(/#.*$/, '') === page).flatMap((link) => link.files))].join(', ');
  for (const { url, state, detail } of answers)
    if (state !== 'there') console.log(`${state}: ${url} (${detail}) in ${filesOf(url)}`);
  const count = (state: string) => answers.filter((answer) => answer.state === state).length;
  gone = count('gone');
  console.log(`${count('there')} there, ${count('moved')} moved, ${count('unclear')} unclear, ${gone} gone`);
}
process.exitCode = problems.length + gone > 0 ? 1 : 0;
