/**
 * The files of an image as a page has them: from its cache, or else downloaded, verified and kept. Runs in the worker.
 *
 * The snapshot is kept unpacked: unpacking takes longer than anything else on the way to the prompt, and is done once.
 */
import { cacheName } from './address.ts';
import { BrokenOff, Download, NotServed } from './download.ts';
import { type ImageFile, type ImageManifest, sha256, unpack, verify } from './image.ts';
import type { Step } from './messages.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface StoreListener {
  /** Bytes of the packed files that have arrived, and of all that have to; never called where all are in the cache. */
  onProgress(bytes: number, total: number): void;
  /** What took how long, on the clock of `performance.now()`. */
  onStep(step: Step, from: number, to: number): void;
}

/** Of an unpacked file, when it was kept: the manifest has that of the packed one. */
const checksumHeader = 'X-Checksum-SHA-256';

export class ImageStore {
  readonly #folder: string;
  readonly #manifest: ImageManifest;
  readonly #listener: StoreListener;
  #cache: Cache | undefined;
  #total = 0;
  #arrived = 0;

  /** @param folder address of the image, with a slash at its end */
  constructor(folder: string, manifest: ImageManifest, listener: StoreListener) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#listener = listener;
  }

  /** Finds out what is here already. Before anything else. */
  async open(packed: readonly ImageFile[]): Promise<void> {
    // Refused in some private windows: then nothing is kept.
    this.#cache = await caches.open(cacheName).catch(() => undefined);
    for (const file of packed) if (!(await this.#kept(unpackedName(file)))) this.#total += file.bytes;
    if (this.#total > 0) this.#listener.onProgress(0, this.#total);
  }

  /**
   * A packed file, unpacked.
   *
   * @throws `BrokenOff`, `NotServed`, `DamagedFile`; of a damaged file nothing stays in the cache
   */
  async unpacked(file: ImageFile): Promise<Bytes> {
    const name = unpackedName(file);
    const began = performance.now();
    const kept = await this.#kept(name);
    if (kept) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      const fits = bytes.length === file.unpackedBytes && (await sha256(bytes)) === kept.headers.get(checksumHeader);
      this.#listener.onStep('cache', began, performance.now());
      if (fits) return bytes;
      // Whatever is wrong with it, it is of no use. The next one comes from the site.
      await this.#forget(name);
      this.#total += file.bytes;
    }
    let last = began;
    const response = await this.#fetch(file, 'no-store');
    const download = new Download(response, file, (count) => {
      last = performance.now();
      this.#arrived += count;
      this.#listener.onProgress(this.#arrived, this.#total);
    });
    const content = await download.check(() => unpack(download.stream, file));
    this.#listener.onStep('download', began, last);
    this.#listener.onStep('unpack', last, performance.now());
    // Beside what comes next, for the disk is slow. Both have copied the bytes when they return.
    const [checksum, body] = [sha256(content), new Response(content).body];
    void checksum.then((value) => this.#keep(name, new Response(body, { headers: { [checksumHeader]: value } })));
    return content;
  }

  /**
   * A file that is as it is downloaded. It throws what `unpacked` throws.
   *
   * @param mode `reload` for what the browser itself asks for again: its own cache then has what was verified here
   */
  async plain(file: ImageFile, mode: 'no-store' | 'reload' = 'no-store'): Promise<Bytes> {
    const kept = await this.#kept(file.file);
    if (kept) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      if ((await sha256(bytes)) === file.sha256) return bytes;
      await this.#forget(file.file);
    }
    const download = new Download(await this.#fetch(file, mode), file);
    await download.check(async () => {
      await download.stream.pipeTo(new WritableStream());
      await verify(download.bytes, file);
    });
    await this.#keep(file.file, new Response(download.bytes));
    return download.bytes;
  }

  /** Throws away what the cache has of older images of this site, and keeps the manifest, for when the site cannot be reached. */
  async tidy(): Promise<void> {
    const { state, wasm, library } = this.#manifest;
    const names = new Set([unpackedName(state), wasm.file, library.file].map((name) => this.#folder + name));
    for (const { url } of (await this.#cache?.keys()) ?? [])
      if (url.startsWith(this.#folder) && !names.has(url)) await this.#cache?.delete(url);
    const manifest = new Response(JSON.stringify(this.#manifest));
    await this.#cache?.put(`${this.#folder}manifest.json`, manifest).catch(() => {});
  }

  /** Past the browser's own cache, which would give a file that was damaged on its way once more. */
  async #fetch(file: ImageFile, cache: RequestCache): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.#folder + file.file, { cache });
    } catch (error) {
      throw new BrokenOff(`${file.file}: ${error instanceof Error ? error.message : error}`);
    }
    if (!response.ok || !response.body) throw new NotServed(`${file.file}: HTTP ${response.status}`);
    return response;
  }

  #kept(name: string): Promise<Response | undefined> {
    return this.#cache?.match(this.#folder + name).catch(() => undefined) ?? Promise.resolve(undefined);
  }

  async #keep(name: string, response: Response): Promise<void> {
    // No room on the disk: then the next lab downloads it again.
    await this.#cache?.put(this.#folder + name, response).catch(() => {});
  }

  async #forget(name: string): Promise<void> {
    await this.#cache?.delete(this.#folder + name).catch(() => false);
  }
}

/** Its name in the cache: another one than that of the packed file, which is an address of the site. */
const unpackedName = ({ file }: ImageFile) => `${file}.unpacked`;
