import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dockerfileTexts } from '../../../src/site/dockerfiles.ts';

const folder = 'src/content/dockerfiles/market-api';

it('gives a Dockerfile and its .dockerignore, which begins with a dot, as they are', () => {
  expect(dockerfileTexts('market-api')).toEqual({
    dockerfile: readFileSync(`${folder}/Dockerfile`, 'utf8'),
    ignore: readFileSync(`${folder}/.dockerignore`, 'utf8'),
  });
});

it('knows a Dockerfile without a .dockerignore', () => {
  expect(dockerfileTexts('first-attempt').ignore).toBeUndefined();
});

it('says which Dockerfile is missing', () => {
  expect(() => dockerfileTexts('nothing')).toThrow('src/content/dockerfiles/nothing/Dockerfile is missing');
});
