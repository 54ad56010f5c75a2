// Two passwords: one from the environment, one from a file. Who shows them?
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

process.env.DB_PASSWORD = 'spring-2026'; // as "docker run -e" sets it
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secret-'));
const file = path.join(folder, 'password'); // as a platform mounts it
fs.writeFileSync(file, 'autumn-2026\n', { mode: 0o400 });

class Secret {
  #text;
  constructor(text) {
    this.#text = text;
  }
  reveal() {
    return this.#text; // TRY: add toJSON() { return '[secret]'; }
  }
}

const inVariable = process.env.DB_PASSWORD;
const inFile = fs.readFileSync(file, 'utf8').trim();
const plain = { host: 'db', password: inFile };
const wrapped = { host: 'db', password: new Secret(inFile) };

function look(where, text) {
  const shown = [inVariable, inFile].filter((secret) => text.includes(secret));
  console.log(`${where}: ${shown.join(', ') || 'nothing'}`);
}
look('error report with process.env', JSON.stringify(process.env));
look('log of the plain settings', JSON.stringify(plain));
look('log of the wrapped settings', JSON.stringify(wrapped));
console.log(`wrapped ${JSON.stringify(wrapped)}`);
fs.rmSync(folder, { recursive: true });
