/** A file of the image on its way, and what can go wrong there. */
import { DamagedFile, type ImageFile } from './image.ts';

/** The download ended early, or did not begin. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** The server does not have this file: the image was replaced while the page was open. */
export class NotServed extends Error {
  override readonly name = 'NotServed';
}

/**
 * A response that is handed on while it arrives, and collected. It is read as fast as it comes, however slow its reader is: the connection
 * does not wait for the decoder. Tells an early end from wrong bytes, which look alike behind it.
 */
export class Download {
  /** All of it, once the stream has ended. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #file: ImageFile;
  readonly #onBytes: (count: number) => void;
  #arrived = 0;
  #brokenOff: BrokenOff | undefined;
  #cancelled = false;

  /** @param onBytes told of each piece that has arrived, with its size in bytes */
  constructor(response: Response, file: ImageFile, onBytes: (count: number) => void = () => {}) {
    this.#file = file;
    this.#onBytes = onBytes;
    this.bytes = new Uint8Array(file.bytes);
    const reader = (response.body ?? new ReadableStream()).getReader();
    this.stream = new ReadableStream({
      // Not awaited: a stream hands on only what it was given after its start has ended.
      start: (controller) => void this.#pump(reader, controller),
      cancel: (reason) => {
        this.#cancelled = true;
        return reader.cancel(reason);
      },
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

  async #pump(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    try {
      for (;;) {
        const part = await reader.read().catch((error: unknown) => {
          throw this.#breakOff(error);
        });
        if (this.#cancelled) return;
        if (part.done) break;
        this.#take(part.value);
        controller.enqueue(part.value);
      }
      if (this.#arrived < this.bytes.length) throw this.#breakOff('no more came');
      controller.close();
    } catch (error) {
      if (!this.#cancelled) controller.error(error);
      // Nobody waits for the rest.
      reader.cancel(error).catch(() => {});
    }
  }

  #take(part: Uint8Array): void {
    if (this.#arrived + part.length > this.bytes.length)
      throw new DamagedFile(`${this.#file.file} is longer than it should be`);
    this.bytes.set(part, this.#arrived);
    this.#arrived += part.length;
    this.#onBytes(part.length);
  }

  #breakOff(why: unknown): BrokenOff {
    const { file, bytes } = this.#file;
    this.#brokenOff = new BrokenOff(`${file} ends after ${this.#arrived} of ${bytes} bytes: ${why}`);
    return this.#brokenOff;
  }
}
