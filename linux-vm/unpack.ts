/** Takes files out of packages: a tree as the guest will see it, and what the build itself needs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BuildFailure, type Fetched, type FetchedPackage } from './packages.ts';
import { files, firmware, modules } from './recipe.ts';

export interface Unpacked {
  /** Folder with the guest's files; `bin`, `lib` and `sbin` are still beside `usr`. */
  tree: string;
  kernel: Buffer;
  bios: Buffer;
  /** Kernel modules in an order in which each finds what it needs. */
  modules: { name: string; content: Buffer }[];
  /** Package name to the text of its licence file, as Debian ships it. */
  copyrights: Record<string, string>;
  /** Name of a licence, such as "GPL-2", to its text. */
  licences: Record<string, string>;
}

export function unpack(fetched: Fetched, folder: string): Unpacked {
  const tree = join(folder, 'tree');
  const build = join(folder, 'build');
  for (const one of [tree, build]) {
    rmSync(one, { recursive: true, force: true });
    mkdirSync(one, { recursive: true });
  }
  for (const [name, patterns] of Object.entries(files)) take(known(fetched.programs[name]), tree, patterns);
  take(fetched.firmware, build, [firmware.file]);
  take(known(fetched.programs['base-files']), build, ['./usr/share/common-licenses']);
  take(fetched.kernel, build, ['./boot/vmlinuz-*', ...moduleFolders]);
  const vmlinuz = readdirSync(join(build, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (!vmlinuz) throw new BuildFailure(`${fetched.kernel.name} holds no kernel`);
  const all = [fetched.kernel, ...Object.values(fetched.programs)];
  return {
    tree,
    kernel: readFileSync(join(build, 'boot', vmlinuz)),
    bios: readFileSync(join(build, firmware.file)),
    modules: inOrder(build),
    licences: texts(join(build, 'usr/share/common-licenses')),
    copyrights: Object.fromEntries(all.map((one) => [one.name, copyright(one)])),
  };
}

const texts = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** Where the modules of the recipe and what they need are; all of the modules would be a hundred megabytes. */
const moduleFolders = [
  'drivers/virtio',
  'drivers/net',
  'fs/9p',
  'fs/netfs',
  'fs/fscache',
  'fs/overlayfs',
  'net/9p',
].map((one) => `./lib/modules/*/kernel/${one}/*.ko`);

function known(found: FetchedPackage | undefined): FetchedPackage {
  if (!found) throw new BuildFailure('a package of the recipe was not fetched');
  return found;
}

/** tar fails where a pattern fits nothing: a package that has changed its layout is noticed here and not in the guest. */
function take({ file, name }: FetchedPackage, into: string, patterns: readonly string[]): void {
  const archive = content(file);
  const options = [
    '--extract',
    '--no-same-owner',
    '--no-same-permissions',
    '--wildcards',
    '--no-wildcards-match-slash',
    '--directory',
    into,
  ];
  const { status, stderr } = spawnSync('tar', [...options, ...patterns], { input: archive, encoding: 'utf8' });
  if (status !== 0) throw new BuildFailure(`${name} does not hold what the recipe takes from it.\n${stderr}`);
}

function copyright({ file, name }: FetchedPackage): string {
  const member = `./usr/share/doc/${name}/copyright`;
  const { stdout } = spawnSync('tar', ['--extract', '--to-stdout', member], { input: content(file), encoding: 'utf8' });
  return stdout;
}

let last: { file: string; archive: Buffer } | undefined;

/** What a package holds, as a tar archive. The last one is kept: the kernel's takes seconds to unpack. */
function content(file: string): Buffer {
  if (last?.file !== file)
    last = { file, archive: execFileSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 1 << 30 }) };
  return last.archive;
}

/** Each module says itself what it needs (`depends=` in its .modinfo), so that depmod is not needed. */
function inOrder(build: string): { name: string; content: Buffer }[] {
  const found = new Map<string, Buffer>();
  for (const path of readdirSync(build, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('.ko')) found.set(moduleName(path), readFileSync(join(build, path)));
  const order: { name: string; content: Buffer }[] = [];
  const visit = (name: string): void => {
    if (order.some((one) => one.name === name)) return;
    const content = found.get(name);
    if (!content) throw new BuildFailure(`the kernel's package has no module ${name}`);
    const needs = /(?:^|\0)depends=([^\0]*)/.exec(content.toString('latin1'))?.[1] ?? '';
    for (const need of needs.split(',').filter(Boolean)) visit(need);
    order.push({ name, content });
  };
  for (const name of modules) visit(name);
  return order;
}

const moduleName = (path: string) => basename(path, '.ko').replaceAll('-', '_');
