import { createHash } from 'node:crypto';

const careless = ['FROM node:24', 'COPY . .', 'RUN npm ci'];
const careful = ['FROM node:24', 'COPY package*.json ./'];
careful.push('RUN npm ci', 'COPY . .');

function copied(step, files) {
  if (step === 'COPY . .') return files;
  return step.startsWith('COPY package') ? files['package.json'] : '';
}

// The key of a step holds the key of the step above it.
function build(steps, files, cache) {
  let key = '';
  return steps.filter((step) => {
    const parts = JSON.stringify([key, step, copied(step, files)]);
    key = createHash('sha256').update(parts).digest('hex');
    const missing = !cache.has(key);
    cache.add(key);
    return missing;
  });
}

const files = { 'package.json': '1.0.0, sharp', 'server.js': 'first' };
const edits = {
  'server.js': 'second', // TRY: 'first'
  'package.json': '1.0.1, sharp',
};

for (const [name, steps] of Object.entries({ careless, careful })) {
  const cache = new Set();
  const first = build(steps, files, cache).length;
  console.log(`${name}: first build ran ${first} of ${steps.length}`);
  for (const [file, text] of Object.entries(edits)) {
    const ran = build(steps, { ...files, [file]: text }, new Set(cache));
    const npm = ran.includes('RUN npm ci') ? 'again' : 'cached';
    console.log(`  ${file} changed: ran ${ran.length}, npm ci ${npm}`);
  }
}
