/** The texts that go with the image: it is a copy of programs under the GPL and the LGPL, and whoever passes it on passes these on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourcesOf } from '../src/components/machine/image-sources.ts';
import type { BuiltManifest } from './image-folder.ts';
import { BuildFailure } from './packages.ts';
import { v86Folder } from './snapshot.ts';

/** Which sources the image was made from, each in exactly its version, and how to get them. */
export function sourcesText(manifest: BuiltManifest): string {
  const rows = manifest.packages.map(
    (one) => `| ${one.name} ${one.version} | ${sourceNames(one).join(' ')} | ${one.sha256} |`,
  );
  return `# Sources of the Linux image

Built ${manifest.built} from unmodified packages of Debian ${manifest.debian} (i386). The snapshot is the memory of a machine that has started
with them; nothing was compiled, and no program was changed. The recipe and the guest's own scripts are in linux-vm/ of this repository.

| package | source packages | SHA-256 of the package |
| --- | --- | --- |
${rows.join('\n')}

A source package in exactly this version: \`apt-get source NAME=VERSION\` on a Debian 12 with deb-src entries. A mirror drops a version when the
next one comes; Debian's archive of old packages has it then. Whoever publishes the image keeps the source packages with it
(\`npm run vm:build -- --with-sources\`), and gives them to whoever asks.

v86 ${manifest.v86} (BSD-2-Clause): <https://github.com/copy/v86>.
`;
}

/** Such as "busybox=1:1.35.0-4+deb12u1": what `apt-get source` takes. */
export const sourceNames = (one: BuiltManifest['packages'][number]): string[] =>
  sourcesOf(one).map(({ name, version }) => `${name}=${version}`);

/**
 * Every licence text in one file.
 *
 * @param copyrights package to Debian's own copyright file; empty where the package shares that of another one
 * @param common name to the text of a licence that these files refer to, from the package base-files
 */
export function licenceTexts(copyrights: Record<string, string>, common: Record<string, string>): string {
  const parts = Object.entries(copyrights)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => section(`${name}: copyright and licences`, text));
  const said = parts.join('\n');
  const named = Object.entries(common).filter(([name]) => said.includes(`/usr/share/common-licenses/${name}`));
  for (const name of ['GPL-2', 'GPL-3', 'LGPL-2.1'])
    if (!named.some(([one]) => one === name)) throw new BuildFailure(`the text of ${name} is missing for the image`);
  const v86 = section('v86: licence', readFileSync(join(v86Folder, '../LICENSE'), 'utf8'));
  return [...parts, v86, ...named.map(([name, text]) => section(name, text))].join('\n');
}

const section = (title: string, text: string) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.trim()}\n`;
