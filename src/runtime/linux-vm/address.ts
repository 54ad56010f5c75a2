/** The folder, under the base of a site, in which the image is served: the files that linux-vm/write-image.ts writes. */
export const imagePath = 'linux/';

/** The cache in which a browser keeps what it has downloaded of images. */
export const cacheName = 'linux-vm';
