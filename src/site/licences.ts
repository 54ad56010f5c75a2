/** The libraries that the site is made with, read from package.json and the lock file, so that the list cannot be out of date. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Library {
  name: string;
  version: string;
  /** SPDX expression, such as "MIT". */
  licence: string;
  /** The page of its source; undefined where the package names none. */
  home: string | undefined;
  /** Names of the licence files inside the package. */
  files: string[];
  /** Its code is part of what a reader's browser gets, not only of the build. */
  inBrowser: boolean;
}

interface LockEntry {
  version: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const lockOf = (root: string): Record<string, LockEntry> => json(join(root, 'package-lock.json')).packages;

/** "git+https://github.com/a/b.git" to "https://github.com/a/b"; undefined for what is no web address. */
export function webAddress(repository: string | undefined): string | undefined {
  const address = repository
    ?.replace(/^git\+/, '')
    .replace(/^(?:git:\/\/|ssh:\/\/git@|git@github\.com:)(?:github\.com\/)?/, 'https://github.com/')
    .replace(/^github:/, 'https://github.com/')
    .replace(/^([\w-]+\/[\w.-]+)$/, 'https://github.com/$1')
    .replace(/\.git(?=#|$)/, '')
    .replace(/^http:/, 'https:');
  return address?.startsWith('https://') ? address : undefined;
}

/** Names of packages that code of the site imports in a browser. */
function importedInBrowser(root: string): Set<string> {
  const files = ['src/components', 'src/runtime', 'src/checker'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const names = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(
      ([, name]) => name ?? '',
    ),
  );
  // Starlight and Astro bring scripts and styles to every page; v86 comes with the Linux image.
  return new Set([...names, '@astrojs/starlight', 'astro', 'v86']);
}

/** The packages that package.json names under `dependencies`, in order of name. Throws where the lock file has no licence for one. */
export function libraries(root = process.cwd()): Library[] {
  const lock = lockOf(root);
  const browser = importedInBrowser(root);
  return Object.keys(json(join(root, 'package.json')).dependencies)
    .sort((one, other) => one.localeCompare(other, 'en'))
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const entry = lock[`node_modules/${name}`];
      const about = existsSync(folder) ? json(join(folder, 'package.json')) : {};
      const licence = entry?.license ?? about.license;
      if (!entry || !licence) throw new Error(`package-lock.json has no licence for ${name}`);
      const repository = typeof about.repository === 'string' ? about.repository : about.repository?.url;
      return {
        name,
        version: entry.version,
        licence,
        home: webAddress(repository) ?? webAddress(about.homepage),
        files: existsSync(folder)
          ? readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
          : [],
        inBrowser: browser.has(name),
      };
    });
}

/** How many packages of the lock file, without those for development only, are under each licence; the most frequent first. */
export function licenceCounts(root = process.cwd()): { licence: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const [path, { dev, license }] of Object.entries(lockOf(root))) {
    if (!path.includes('node_modules/') || dev || !license) continue;
    counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  return [...counts].map(([licence, count]) => ({ licence, count })).sort((a, b) => b.count - a.count);
}
