/** The files of an image as a page has them: from its cache, or else downloaded, verified and kept. Runs in the worker. */
import { cacheName } from './address.ts';
import { DamagedFile, type ImageFile, type ImageManifest, unpack, verify } from './image.ts';

/** The download ended early, or did not begin. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** The server does not have this file: the image was replaced while the page was open. */
export class NotServed extends Error {
  override readonly name = 'NotServed';
}

type Bytes = Uint8Array<ArrayBuffer>;

export class ImageStore {
  readonly #folder: string;
  readonly #manifest: ImageManifest;
  readonly #onProgress: (bytes: number, total: number) => void;
  #cache: Cache | undefined;
  #total = 0;
  #arrived = 0;

  /**
   * @param folder address of the image, with a slash at its end
   * @param onProgress bytes of the packed files that have arrived, and of all that have to; never called where all are in the cache
   */
  constructor(folder: string, manifest: ImageManifest, onProgress: (bytes: number, total: number) => void) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#onProgress = onProgress;
  }

  /** Finds out what is here already. Before anything else. */
  async open(packed: readonly ImageFile[]): Promise<void> {
    // Refused in some private windows: then nothing is kept.
    this.#cache = await caches.open(cacheName).catch(() => undefined);
    for (const file of packed) if (!(await this.#kept(file))) this.#total += file.bytes;
    if (this.#total > 0) this.#onProgress(0, this.#total);
  }

  /**
   * A packed file, unpacked.
   *
   * @throws `BrokenOff`, `NotServed`, `DamagedFile`; of a damaged file nothing stays in the cache
   */
  async unpacked(file: ImageFile): Promise<Bytes> {
    const kept = await this.#kept(file);
    if (kept?.body) {
      try {
        return await unpack(kept.body, file);
      } catch {
        // Whatever is wrong with it, it is of no use. The next one comes from the site.
        await this.#forget(file);
        this.#total += file.bytes;
      }
    }
    const download = await this.#download(file, (bytes) => this.#progress(bytes));
    const content = await download.check(() => unpack(download.stream, file));
    await this.#keep(file, download.bytes);
    return content;
  }

  /** A file that is as it is downloaded. It throws what `unpacked` throws. */
  async plain(file: ImageFile): Promise<Bytes> {
    const kept = await this.#kept(file);
    if (kept) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      const fits = await verify(bytes, file).then(
        () => true,
        () => false,
      );
      if (fits) return bytes;
      await this.#forget(file);
    }
    const download = await this.#download(file, () => {});
    await download.check(async () => {
      await download.stream.pipeTo(new WritableStream());
      await verify(download.bytes, file);
    });
    await this.#keep(file, download.bytes);
    return download.bytes;
  }

  /** Throws away what the cache has of older images of this site, and keeps the manifest, for when the site cannot be reached. */
  async tidy(): Promise<void> {
    const { state, wasm, library } = this.#manifest;
    const names = new Set([state, wasm, library].map(({ file }) => this.#folder + file));
    for (const { url } of (await this.#cache?.keys()) ?? [])
      if (url.startsWith(this.#folder) && !names.has(url)) await this.#cache?.delete(url);
    const manifest = new Response(JSON.stringify(this.#manifest));
    await this.#cache?.put(`${this.#folder}manifest.json`, manifest).catch(() => {});
  }

  async #download(file: ImageFile, onBytes: (count: number) => void): Promise<Download> {
    let response: Response;
    try {
      response = await fetch(this.#folder + file.file);
    } catch (error) {
      throw new BrokenOff(`${file.file}: ${error instanceof Error ? error.message : error}`);
    }
    if (!response.ok || !response.body) throw new NotServed(`${file.file}: HTTP ${response.status}`);
    return new Download(response.body, file, onBytes);
  }

  #progress(count: number): void {
    this.#arrived += count;
    this.#onProgress(this.#arrived, this.#total);
  }

  #kept(file: ImageFile): Promise<Response | undefined> {
    return this.#cache?.match(this.#folder + file.file).catch(() => undefined) ?? Promise.resolve(undefined);
  }

  async #keep(file: ImageFile, bytes: Bytes): Promise<void> {
    // No room on the disk: then the next lab downloads it again.
    await this.#cache?.put(this.#folder + file.file, new Response(bytes)).catch(() => {});
  }

  async #forget(file: ImageFile): Promise<void> {
    await this.#cache?.delete(this.#folder + file.file).catch(() => false);
  }
}

/** A response on its way: handed on while it arrives, and collected. Tells an early end from wrong bytes, which look alike behind it. */
class Download {
  readonly bytes: Bytes;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #file: ImageFile;
  #brokenOff: BrokenOff | undefined;

  constructor(body: ReadableStream<Uint8Array>, file: ImageFile, onBytes: (count: number) => void) {
    this.#file = file;
    this.bytes = new Uint8Array(file.bytes);
    const reader = body.getReader();
    let arrived = 0;
    const breakOff = (why: unknown) => {
      this.#brokenOff = new BrokenOff(`${file.file} ends after ${arrived} of ${file.bytes} bytes: ${why}`);
      return this.#brokenOff;
    };
    this.stream = new ReadableStream({
      pull: async (controller) => {
        const part = await reader.read().catch((error: unknown) => {
          throw breakOff(error);
        });
        if (part.done) {
          if (arrived < file.bytes) throw breakOff('no more came');
          controller.close();
          return;
        }
        if (arrived + part.value.length > file.bytes) throw new DamagedFile(`${file.file} is longer than it should be`);
        this.bytes.set(part.value, arrived);
        arrived += part.value.length;
        onBytes(part.value.length);
        controller.enqueue(part.value);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  /** Does something with the stream. Where that fails although all came, the bytes are wrong, however it failed. */
  async check<T>(use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      if (this.#brokenOff) throw this.#brokenOff;
      if (error instanceof DamagedFile || error instanceof RangeError) throw error;
      throw new DamagedFile(`${this.#file.file}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
