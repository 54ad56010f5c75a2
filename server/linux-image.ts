/**
 * The Linux image (linux-vm/) on its way to the reader: served from where it was built by the local and the development server, so that it is
 * there as soon as it is made, and copied into a deployed build. Without an image there is nothing under its address.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import sirv from 'sirv';
import { type BuiltManifest, imageFolder, readManifest } from '../linux-vm/image-folder.ts';
import { headersFor } from '../src/site/headers.ts';

/** Under the base of the site. */
export const imageAddress = '/linux/';

/** What may be asked for; the log of the build, which lies beside it, is not for readers. */
const published = /^(?:manifest\.json|LICENCES\.txt|SOURCES\.md|[a-z0-9]+\.[0-9a-f]{12}\.(?:xz|mjs|wasm))$/;

/** The names of all files of an image that a reader gets; the manifest last, since it promises the others. */
export function publishedFiles({ state, library, wasm }: BuiltManifest): string[] {
  const named = [state, library, wasm].map(({ file }) => file);
  return [...named, 'LICENCES.txt', 'SOURCES.md', 'manifest.json'];
}

/**
 * Answers a request for a file of the image; false for any other address, and where the image has no such file.
 *
 * @param base of the site, such as "/" or "/course/"
 */
export function imageServer(base = '/', folder = imageFolder) {
  const prefix = base.replace(/\/$/, '') + imageAddress;
  const files = sirv(folder, { dev: true, etag: true });
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    const name = path.slice(prefix.length);
    if (!path.startsWith(prefix) || !published.test(name) || !existsSync(join(folder, name))) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    for (const [header, value] of Object.entries(headersFor(imageAddress + name))) response.setHeader(header, value);
    // The files are fetched whole; what sirv makes of a range is wrong for some.
    delete request.headers.range;
    request.url = `/${name}`;
    files(request, response, () => void response.writeHead(404).end());
    return true;
  };
}

/** Where packed copies are kept, by a name that has the hash in it: a build of the site does not pack them again. */
const packedFolder = join(dirname(imageFolder), 'packed');

const packers = { br: promisify(brotliCompress), gz: promisify(gzip) };

/**
 * Copies the image into a build of the site, and beside the files that can be packed their packed copies, for hosts that send such copies
 * (nginx with gzip_static or brotli_static).
 *
 * @param build folder of the build
 * @returns the manifest; undefined where there is no image
 */
export async function copyImage(build: string, folder = imageFolder): Promise<BuiltManifest | undefined> {
  const manifest = readManifest(folder);
  if (!manifest) return undefined;
  const into = join(build, imageAddress);
  await mkdir(into, { recursive: true });
  for (const name of publishedFiles(manifest)) {
    await copyFile(join(folder, name), join(into, name));
    if (!/\.(mjs|wasm)$/.test(name)) continue;
    for (const [extension, pack] of Object.entries(packers)) {
      const kept = join(packedFolder, `${name}.${extension}`);
      if (!existsSync(kept)) {
        await mkdir(packedFolder, { recursive: true });
        await writeFile(kept, await pack(await readFile(join(folder, name))));
      }
      await copyFile(kept, join(into, `${name}.${extension}`));
    }
  }
  return manifest;
}
