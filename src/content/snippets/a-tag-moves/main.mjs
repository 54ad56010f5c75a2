// A registry keeps content by digest, and names that point to a digest.
import { createHash } from 'node:crypto';

const digest = (text) =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;
const blobs = new Map();
const tags = new Map();

function push(tag, content) {
  blobs.set(digest(content), content);
  tags.set(tag, digest(content));
  return digest(content);
}

function pull(reference) {
  const wanted = tags.get(reference) ?? reference;
  const content = blobs.get(wanted);
  return digest(content) === wanted ? content : 'refused: another digest';
}

function machine() {
  const here = new Map(); // images that this machine has already
  return (reference) => {
    if (!here.has(reference)) here.set(reference, pull(reference));
    return here.get(reference);
  };
}

const byDigest = push('market-api:1.4', 'program of yesterday');
const oldNode = machine();
oldNode('market-api:1.4');
push('market-api:1.4', 'program of today'); // TRY: 'market-api:1.5'
const newNode = machine();
console.log(`old node, by tag   : ${oldNode('market-api:1.4')}`);
console.log(`new node, by tag   : ${newNode('market-api:1.4')}`);
console.log(`old node, by digest: ${oldNode(byDigest)}`);
console.log(`new node, by digest: ${newNode(byDigest)}`);
blobs.set(byDigest, 'program of a thief');
console.log(`third node, tampered: ${machine()(byDigest)}`);
