import { createHash } from 'node:crypto';

// Node says x64 and win32 where an image says amd64 and windows.
const inImages = { x64: 'amd64', ia32: '386', win32: 'windows' };
const nameOf = (...own) => own.map((word) => inImages[word] ?? word).join('/');

const registry = new Map();

function image(platform) {
  const digest = createHash('sha256').update(platform).digest('hex');
  return { platform, digest: digest.slice(0, 8) };
}

function pull(tag, machine) {
  const found = registry.get(tag);
  if (!Array.isArray(found)) return found; // one image: nothing to choose
  return found.find(({ platform }) => platform === machine);
}

function run(tag, machine) {
  const pulled = pull(tag, machine);
  if (!pulled) return 'no matching manifest';
  const { platform, digest } = pulled;
  return platform === machine ? `runs ${digest}` : 'exec format error';
}

const server = nameOf('linux', 'x64');
const laptop = nameOf('linux', 'arm64');

function push(who, content) {
  registry.set('1.4', content);
  console.log(`${who} | ${run('1.4', server)} | ${run('1.4', laptop)}`);
}

console.log(`this Node: ${nameOf(process.platform, process.arch)}`);
console.log(`pushed as 1.4 | ${server} | ${laptop}`);
push('by CI on amd64', image(server));
push('then by an M3 MacBook', image(laptop)); // TRY: push the other one last
push('an index of both', [image(server), image(laptop)]);
push('an index of one', [image(laptop)]);
