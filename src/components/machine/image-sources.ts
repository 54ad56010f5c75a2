/** The source packages of the Linux image, each in exactly the version that it was made from. */
import type { ImagePackage } from '../../runtime/linux-vm/image.ts';

export interface SourcePackage {
  name: string;
  version: string;
}

/** @throws where a package names a source in another form than Debian's */
export function sourcesOf({ name, source, builtUsing }: Pick<ImagePackage, 'name' | 'source' | 'builtUsing'>) {
  return [source, ...builtUsing].map((text): SourcePackage => {
    // "bash 5.2.15-2" or, of what is linked in, "glibc (= 2.36-9)".
    const [, own, version] = /^(\S+) (?:\(= )?([^\s()]+)\)?$/.exec(text) ?? [];
    if (!own || !version) throw new Error(`${name} has a source in an unknown form: ${text}`);
    return { name: own, version };
  });
}
