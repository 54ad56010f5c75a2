/** The source packages of the Linux image, with where each is kept in exactly that version. */
import type { ImagePackage } from '../../runtime/linux-vm/image.ts';

export interface SourcePackage {
  name: string;
  version: string;
  /** Debian keeps every version that it has ever published. */
  href: string;
}

/** @throws where a package names a source in another form than Debian's */
export function sourcesOf({ name, source, builtUsing }: Pick<ImagePackage, 'name' | 'source' | 'builtUsing'>) {
  return [source, ...builtUsing].map((text): SourcePackage => {
    // "bash 5.2.15-2" or, of what is linked in, "glibc (= 2.36-9)".
    const [, own, version] = /^(\S+) (?:\(= )?([^\s()]+)\)?$/.exec(text) ?? [];
    if (!own || !version) throw new Error(`${name} has a source in an unknown form: ${text}`);
    const path = [own, version].map(encodeURIComponent).join('/');
    return { name: own, version, href: `https://snapshot.debian.org/package/${path}/` };
  });
}
