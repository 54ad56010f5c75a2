/** `npm run check-lecture -- lecture.txt`: whether src/content/lecture/text.json is about this copy of the lecture's text. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lineNumbers } from '../src/site/lecture.ts';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('Usage: npm run check-lecture -- <the text of the lecture>');
  process.exit(2);
}
const bytes = readFileSync(file);
const index: { sha256: string; lines: string[] } = JSON.parse(readFileSync('src/content/lecture/text.json', 'utf8'));
const held = bytes
  .toString('utf8')
  .split('\n')
  .flatMap((line, at) => (line.trim() === '' || line.trim().startsWith('```') ? [] : [at + 1]));
const known = lineNumbers(index.lines);
const sum = createHash('sha256').update(bytes).digest('hex');
const missing = held.filter((line) => !known.includes(line));
const extra = known.filter((line) => !held.includes(line));
console.log(`${held.length} lines hold something; the index has ${known.length}`);
if (missing.length > 0) console.log(`not in the index: ${missing.join(', ')}`);
if (extra.length > 0) console.log(`in the index, but empty here: ${extra.join(', ')}`);
if (sum !== index.sha256) console.log(`another text: its SHA-256 is ${sum}`);
process.exitCode = missing.length + extra.length > 0 || sum !== index.sha256 ? 1 : 0;
