/** The rules of overlayfs as the figure has them: compared with a plain table of files, and with what the lab recorded. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  append,
  commit,
  copyUp,
  empty,
  find,
  overlayStates,
  remove,
  type Stack,
  seen,
  start,
  write,
} from '../../../src/figures/overlay-layers.ts';

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

const names = ['a', 'b', 'c', 'd'];
const contents = (stack: Stack) => Object.fromEntries(seen(stack).map((name) => [name, find(stack, name)?.content]));
const frozen = ({ image }: Stack) => JSON.stringify(image.map((layer) => [...layer]));

/** Random changes to a container, the same to a table of files, and now and then a new layer. */
function* history(seed: number) {
  const roll = dice(seed);
  const table = new Map<string, string>();
  let stack = start(empty);
  for (let at = 0; at < 120; at += 1) {
    const before = stack;
    const name = names[roll(names.length)] ?? 'a';
    const kind = roll(6);
    if (kind < 2) {
      stack = write(stack, name, `${at}`);
      table.set(name, `${at}`);
    } else if (kind === 2 && table.has(name)) {
      stack = append(stack, name, '+');
      table.set(name, `${table.get(name)}+`);
    } else if (kind < 5 && table.has(name)) {
      stack = remove(stack, name);
      table.delete(name);
    } else if (kind === 5) {
      stack = start(commit(stack));
    }
    yield { before, stack, table, committed: kind === 5 };
  }
}

describe.each(Array.from({ length: 40 }, (_, at) => at + 1))('a history of changes, %i', (seed) => {
  it('shows what a plain table of files would, layers or not', () => {
    for (const { stack, table } of history(seed))
      expect(contents(stack)).toEqual(Object.fromEntries([...table].sort()));
  });

  it('never changes a layer of the image', () => {
    for (const { before, stack, committed } of history(seed))
      if (!committed) expect(frozen(stack)).toBe(frozen(before));
      else expect(stack.image.slice(0, -1)).toEqual(before.image);
  });

  it('has a whiteout only where a layer below shows the name', () => {
    for (const { stack } of history(seed))
      for (const [name, entry] of stack.upper ?? [])
        if (entry === 'whiteout') expect(find({ ...stack, upper: undefined }, name), name).toBeDefined();
  });

  it('starts every container from the image as it is', () => {
    for (const { stack } of history(seed))
      expect(contents(start(stack))).toEqual(contents({ ...stack, upper: undefined }));
  });
});

describe('copy-up', () => {
  const stack = start(commit(write(start(empty), 'log', 'long')));

  it('brings the whole file up, and once', () => {
    const copy = copyUp(stack, 'log');
    expect(find(copy, 'log')).toEqual({ content: 'long', at: 1 });
    expect(copyUp(copy, 'log')).toBe(copy);
  });

  it('leaves nothing of a file that was only in the upper layer', () => {
    expect(remove(write(stack, 'new', '1'), 'new').upper?.size).toBe(0);
  });

  it('cannot write where there is no container, nor change what is not seen', () => {
    expect(() => write(commit(stack), 'log', '')).toThrow('no layer for writes');
    expect(() => commit(commit(stack))).toThrow('no layer for writes');
    expect(() => remove(remove(stack, 'log'), 'log')).toThrow('there is no log');
    expect(() => append(stack, 'other', '')).toThrow('there is no other');
  });
});

describe('the kernel', () => {
  const recorded = readFileSync('src/content/labs/container-by-hand/recorded/debian-12-v86.txt', 'utf8');

  it('did in the recorded lab what the model does', () => {
    const image = commit(write(write(start(empty), 'release', 'release 1'), 'secret', 'keep me'));
    const used = remove(write(start(image), 'release', 'release 2'), 'secret');
    const below = find({ ...used, upper: undefined }, 'release')?.content;
    const hidden = used.upper?.get('secret') === 'whiteout' ? 'character special file' : 'nothing';
    expect(recorded).toContain(
      `image_release=${below}\nlayer_release=${find(used, 'release')?.content}\nlayer_secret=${hidden}\n`,
    );
    const again = start(used);
    expect(recorded).toContain(
      `second_release=${find(again, 'release')?.content}\nsecond_secret=${find(again, 'secret')?.content}\n`,
    );
  });

  it.each(['', 'en/'])('is quoted to the letter on the page under "%s"', (folder) => {
    const page = readFileSync(`src/content/docs/${folder}containers/images-and-oci.mdx`, 'utf8');
    const quoted = [...page.matchAll(/^```text[^\n]*container-by-hand[^\n]*\n([\s\S]*?)^```$/gm)];
    expect(quoted).toHaveLength(2);
    for (const [, lines] of quoted) expect(recorded).toContain(lines);
  });
});

describe('the story', () => {
  it('keeps the key in the lowest layer, whatever is seen', () => {
    for (const { stack } of overlayStates) expect(stack.image[0]?.get('.env')).toEqual({ content: 'KEY' });
    for (const { stack } of overlayStates.slice(1)) expect(seen(stack)).not.toContain('.env');
  });

  it('ends where it started', () => {
    expect(contents(overlayStates.at(-1)?.stack ?? empty)).toEqual(contents(overlayStates[2]?.stack ?? empty));
  });
});
