/** The built image, unpacked once for the tests of a file; without one, the reason why nothing can be tested here. */

import { readManifest } from '../../linux-vm/image-folder.ts';
import { howToBuild, type Image, loadImage } from '../../linux-vm/restore.ts';

export const notHere: string | undefined = readManifest() ? undefined : howToBuild;

let loaded: Promise<Image> | undefined;
export const image = (): Promise<Image> => {
  loaded ??= loadImage();
  return loaded;
};
