/**
 * Puts the shared helpers of src/content/labs/prelude.sh into every lab, between their marker lines. A lab is one file that a reader
 * copies, so it cannot load them from elsewhere.
 *
 *   node tools/with-node.mjs node tools/sync-prelude.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const labsFolder = fileURLToPath(new URL('../src/content/labs', import.meta.url));

/** The ids of all labs, sorted. */
export function labIds(): string[] {
  return readdirSync(labsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * A lab's script with its helpers replaced.
 *
 * @param prelude text of prelude.sh: from its first marker line to its last
 * @throws where the script lacks one of the marker lines
 */
export function withPrelude(script: string, prelude: string): string {
  const block = prelude.trimEnd().split('\n');
  const lines = script.split('\n');
  const from = lines.indexOf(block[0] ?? '');
  const to = lines.indexOf(block.at(-1) ?? '');
  if (from < 0 || to < from) throw new Error(`the script lacks the line "${block[0]}" or, after it, "${block.at(-1)}"`);
  return [...lines.slice(0, from), ...block, ...lines.slice(to + 1)].join('\n');
}

function main(): void {
  const prelude = readFileSync(join(labsFolder, 'prelude.sh'), 'utf8');
  for (const id of labIds()) {
    const file = join(labsFolder, id, 'lab.sh');
    const script = readFileSync(file, 'utf8');
    const synced = withPrelude(script, prelude);
    if (synced !== script) writeFileSync(file, synced);
    console.log(`${id}: ${synced === script ? 'unchanged' : 'synced'}`);
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
