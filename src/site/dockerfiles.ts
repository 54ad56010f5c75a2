/** Reads the folders of Dockerfiles while the site is built: the very bytes that the tests lint. */

const texts = import.meta.glob<string>(
  ['../content/dockerfiles/*/Dockerfile', '../content/dockerfiles/*/.dockerignore'],
  // Without `exhaustive`, a name that begins with a dot is not seen.
  { query: '?raw', import: 'default', eager: true, exhaustive: true },
);

/** A Dockerfile and its `.dockerignore`, which may be missing. Throws where there is no Dockerfile. */
export function dockerfileTexts(id: string): { dockerfile: string; ignore: string | undefined } {
  const folder = `../content/dockerfiles/${id}`;
  const dockerfile = texts[`${folder}/Dockerfile`];
  if (dockerfile === undefined) throw new Error(`src/content/dockerfiles/${id}/Dockerfile is missing.`);
  return { dockerfile, ignore: texts[`${folder}/.dockerignore`] };
}
