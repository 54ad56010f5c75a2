/**
 * Records snippets on every Node version of tools/node-versions, through the same code that the local server runs them with.
 *
 *   npm run record -- heap-limit     one snippet; without a name, all
 *
 * Only a run that satisfies the snippet's expected.txt is written.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { matchExpectation, parseExpectation } from '../src/checker/index.ts';
import { formatRecording } from '../src/runtime/transcript.ts';
import { machineHeader } from './machine.ts';
import { nodeVersions } from './node-versions.ts';
import { readSnippet, runSnippet, snippetsFolder } from './snippets.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const versions = nodeVersions();
if (versions.length === 0) {
  console.error('No Node version to record on. On Linux run: npm ci --prefix tools/node-versions');
  process.exit(1);
}

let refused = 0;
for (const id of positionals.length > 0 ? positionals : readdirSync(snippetsFolder)) {
  const snippet = readSnippet(id);
  const expectation = parseExpectation(snippet.expected);
  for (const { major, path } of versions) {
    const { runs, nodeVersion, asText } = await runSnippet(snippet, path);
    const environment = `node-${major}`;
    const result = matchExpectation(expectation, asText);
    if (!result.ok) {
      refused++;
      console.error(`${id} on ${environment} does not satisfy expected.txt, so it was not written:`);
      console.error(result);
      console.error(asText);
      continue;
    }
    const folder = join(snippetsFolder, id, 'recorded');
    mkdirSync(folder, { recursive: true });
    const { recorded, ...machine } = machineHeader();
    const header = { environment, recorded: recorded ?? '', node: nodeVersion, ...machine };
    writeFileSync(join(folder, `${environment}.txt`), formatRecording({ header, runs }));
    console.log(`${id} on ${environment}: exit ${runs.map(({ code }) => code).join(', ')}`);
  }
}
process.exitCode = refused > 0 ? 1 : 0;
