// A miniature image: each part is known by the fingerprint of its bytes.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const digest = (bytes) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const blob = (bytes) => ({ digest: digest(bytes), size: bytes.length });

function build(folders, options) {
  // JSON stands in for tar here. Everything else is as in a real image.
  const archives = folders.map((files) => JSON.stringify(files));
  const layers = archives.map((one) => blob(gzipSync(one, options)));
  const rootfs = { type: 'layers', diff_ids: archives.map(digest) };
  const settings = { architecture: 'arm64', os: 'linux', rootfs };
  const config = blob(JSON.stringify(settings));
  const manifest = blob(JSON.stringify({ schemaVersion: 2, config, layers }));
  const [base, packages, app] = layers;
  return { base, packages, app, config, manifest };
}

const base = { '/bin/node': 'v24', '/etc/os-release': 'Debian' };
const packages = { '/app/node_modules/x.js': 'x' };
const app = { '/app/server.js': 'hello' };
const first = build([base, packages, app]);

function compare(title, other) {
  const changed = (part) => other[part].digest !== first[part].digest;
  const parts = Object.keys(first).filter(changed).join(', ');
  console.log(`${title}: new ${parts || 'nothing'}`);
}
const newApp = { '/app/server.js': 'hallo' }; // TRY: 'hello'
const newBase = { ...base, '/bin/node': 'v26' };
console.log(`config of the first build: ${first.config.digest}`);
compare('one byte in app  ', build([base, packages, newApp]));
compare('one byte in base ', build([newBase, packages, app]));
compare('other compression', build([base, packages, app], { level: 1 }));
