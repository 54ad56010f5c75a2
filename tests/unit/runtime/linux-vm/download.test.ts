/** A download that ends early and one with wrong bytes look alike to a decoder; the reader is told which it was. */
import { expect, it } from 'vitest';
import { BrokenOff, Download } from '../../../../src/runtime/linux-vm/download.ts';
import { DamagedFile } from '../../../../src/runtime/linux-vm/image.ts';

const file = (bytes: number) => ({ file: 'linux.xz', bytes, sha256: '' });
const response = (...parts: (number[] | Error)[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const part of parts) {
          if (part instanceof Error) return controller.error(part);
          controller.enqueue(Uint8Array.from(part));
        }
        controller.close();
      },
    }),
  );
const drain = (download: Download) => download.check(() => download.stream.pipeTo(new WritableStream()));

it('collects what it hands on, and tells of each piece', async () => {
  const counts: number[] = [];
  const download = new Download(response([1, 2], [3]), file(3), (count) => counts.push(count));
  await drain(download);
  expect([...download.bytes]).toEqual([1, 2, 3]);
  expect(counts).toEqual([2, 1]);
});

it('reads on while nobody takes what came', async () => {
  let arrived = 0;
  const parts = Array.from({ length: 50 }, () => [1, 2, 3, 4]);
  const download = new Download(response(...parts), file(200), (count) => {
    arrived += count;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(arrived).toBe(200);
  await drain(download);
});

it('calls an early end broken off, whatever the decoder made of it', async () => {
  await expect(drain(new Download(response([1, 2]), file(3)))).rejects.toThrow(BrokenOff);
  const cut = new Download(response([1], new Error('network')), file(3));
  const decoder = cut.check(async () => {
    await drain(cut).catch(() => {});
    throw new Error('unexpected end of input');
  });
  await expect(decoder).rejects.toThrow(BrokenOff);
});

it('calls wrong bytes damaged, and more bytes than there should be', async () => {
  const download = new Download(response([1, 2, 3]), file(3));
  const decoder = download.check(async () => {
    await drain(download);
    throw new Error('bad magic');
  });
  await expect(decoder).rejects.toThrow(DamagedFile);
  await expect(drain(new Download(response([1, 2], [3, 4]), file(3)))).rejects.toThrow(DamagedFile);
});

it('lets an error of memory through', async () => {
  const download = new Download(response([1]), file(1));
  await expect(
    download.check(() => {
      throw new RangeError('Array buffer allocation failed');
    }),
  ).rejects.toThrow(RangeError);
});
