/** The lock file must serve Linux, macOS and Windows: the registry that made it may have lacked another platform's binary. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Package {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const lockFiles = ['package-lock.json', 'tools/node-versions/package-lock.json'];

/** Optional packages that some package names but the lock file does not hold, where Node would look for them. */
function unresolved(packages: Record<string, Package>): string[] {
  const holds = (from: string, name: string) => {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
      if (!folder) return false;
      if (!folder.includes('/node_modules/')) return Boolean(packages[`node_modules/${name}`]);
    }
  };
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !holds(path, name))
      .map((name) => `${name}, wanted by ${path || 'the root'}`),
  );
}

describe.each(lockFiles)('%s', (file) => {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Package> };

  it('holds every optional package of every platform', () => {
    expect(unresolved(packages)).toEqual([]);
  });

  it('names no registry', () => {
    const hosts = Object.values(packages).flatMap(({ resolved }) => (resolved?.includes('://') ? [resolved] : []));
    expect(hosts).toEqual([]);
  });

  it('has an integrity hash for every package', () => {
    const without = Object.entries(packages).filter(
      ([path, one]) => path.includes('node_modules/') && !one.link && !one.integrity,
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });
});

it('brings the Node of the tools on all six platforms', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Package> };
  const brought = Object.keys(packages).filter((path) => /^node_modules\/node-(bin-)?(darwin|linux|win)-/.test(path));
  expect(brought).toHaveLength(6);
});
