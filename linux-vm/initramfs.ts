/** Packs the guest's first file system: a cpio archive in the "newc" form that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst). */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Unpacked } from './unpack.ts';

const guest = fileURLToPath(new URL('guest', import.meta.url));

/** Debian 12 has one folder for programs and one for libraries; these are links to them. */
const merged = ['bin', 'lib', 'sbin'];

const folderType = 0o040000;
const fileType = 0o100000;
const linkType = 0o120000;
const deviceType = 0o020000;

class Archive {
  readonly #parts: Buffer[] = [];
  readonly #names = new Set<string>();
  #inode = 0;

  add(name: string, mode: number, content: Buffer = Buffer.alloc(0), device: [number, number] = [0, 0]): void {
    this.#names.add(name);
    this.#inode++;
    const bytes = Buffer.from(`${name}\0`);
    // inode, mode, uid, gid, links, time, size, device of the file, device that it is, length of the name, no checksum
    const numbers = [this.#inode, mode, 0, 0, 1, 0, content.length, 0, 0, ...device, bytes.length, 0];
    const header = Buffer.from(`070701${numbers.map((one) => one.toString(16).padStart(8, '0')).join('')}`);
    this.#parts.push(header, bytes, padding(header.length + bytes.length), content, padding(content.length));
  }

  folder(path: string): void {
    let soFar = '';
    for (const part of path.split('/')) {
      soFar = soFar === '' ? part : `${soFar}/${part}`;
      if (!this.#names.has(soFar)) this.add(soFar, folderType | 0o755);
    }
  }

  finish(): Buffer {
    this.add('TRAILER!!!', 0);
    return Buffer.concat(this.#parts);
  }
}

const padding = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);

export function initramfs({ tree, modules }: Unpacked): Buffer {
  const archive = new Archive();
  for (const name of merged) archive.add(name, linkType | 0o777, Buffer.from(`usr/${name}`));
  for (const path of ['dev', 'etc', 'home', 'modules', 'root', 'usr/bin', 'usr/lib', 'usr/sbin']) archive.folder(path);
  archive.add('usr/bin/bash', linkType | 0o777, Buffer.from('bash-static'));
  archive.add('dev/console', deviceType | 0o600, undefined, [5, 1]);
  addTree(archive, tree, inUsr);
  addTree(archive, guest, (path) => path, true);
  for (const { name, content } of modules) archive.add(`modules/${name}`, fileType | 0o644, content);
  archive.add('modules/order', fileType | 0o644, Buffer.from(modules.map(({ name }) => `${name}\n`).join('')));
  return archive.finish();
}

const inUsr = (path: string) => (merged.includes(path.split('/')[0] ?? '') ? `usr/${path}` : path);

/** @param scripts whether a file that begins with "#!" is a program: git need not keep the mode */
function addTree(archive: Archive, root: string, place: (path: string) => string, scripts = false): void {
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const from = join(root, path);
    const stat = lstatSync(from);
    const to = place(path);
    if (stat.isDirectory()) continue;
    if (to.includes('/')) archive.folder(to.slice(0, to.lastIndexOf('/')));
    if (stat.isSymbolicLink()) archive.add(to, linkType | 0o777, Buffer.from(readlinkSync(from)));
    else {
      const content = readFileSync(from);
      const program = scripts ? content.subarray(0, 2).toString() === '#!' : (stat.mode & 0o111) !== 0;
      archive.add(to, fileType | (program ? 0o755 : 0o644), content);
    }
  }
}
