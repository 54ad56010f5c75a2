// Three layers as lists of archive entries. A runtime applies them in order.
const layers = [
  { 'etc/os-release': 'Debian', 'tmp/cache/a.tgz': 'x'.repeat(900_000) },
  { 'app/server.js': 'hello', 'app/.env': 'KEY=1234' },
  { 'app/.wh..env': '', 'tmp/.wh.cache': '' }, // TRY: 'app/.wh..wh..opq': ''
];

function apply(lower, layer) {
  const files = new Map(lower);
  const hide = (path) => {
    for (const known of lower.keys())
      if (`${known}/`.startsWith(path)) files.delete(known);
  };
  for (const path of Object.keys(layer)) {
    const [, folder, hidden] = /^(.*\/)\.wh\.(.+)$/.exec(path) ?? [];
    if (hidden) hide(hidden === '.wh..opq' ? folder : `${folder}${hidden}/`);
  }
  for (const [path, content] of Object.entries(layer))
    if (!path.includes('/.wh.')) files.set(path, content);
  return files;
}

// In a tar archive: a header of 512 bytes, then content in blocks of 512.
const weigh = (layer) =>
  Object.values(layer)
    .map((content) => 512 + Math.ceil(content.length / 512) * 512)
    .reduce((sum, one) => sum + one);

let files = new Map();
let bytes = 0;
for (const layer of layers) {
  files = apply(files, layer);
  bytes += weigh(layer);
  console.log(`${files.size} files to see, ${bytes} bytes to ship`);
}
console.log(`container sees: ${[...files.keys()].join(', ')}`);
console.log(`layer 2 has   : ${layers[1]['app/.env']}`);
