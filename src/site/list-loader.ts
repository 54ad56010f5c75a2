/** A collection that stands in several files: every YAML file of a folder holds a list of entries, and each entry names its own id. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Loader, LoaderContext } from 'astro/loaders';
import { parse } from 'yaml';

/** The entries of all files of a folder, in the order of the files' names. Throws for an id that occurs twice. */
export function readLists<Entry extends { id: string }>(folder: string): (Entry & { id: string })[] {
  const seen = new Map<string, string>();
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => {
      const entries = (parse(readFileSync(join(folder, name), 'utf8')) ?? []) as Entry[];
      for (const { id } of entries) {
        const before = seen.get(id);
        if (before) throw new Error(`${folder}: "${id}" stands in ${before} and in ${name}.`);
        seen.set(id, name);
      }
      return entries;
    });
}

/** Loads `<base>/*.yaml` as one collection. `base` is relative to the repository. */
export function lists(base: string): Loader {
  return {
    name: 'list-loader',
    async load({ config, store, parseData, watcher }: LoaderContext) {
      const folder = join(fileURLToPath(config.root), base);
      const sync = async () => {
        const entries = readLists(folder);
        store.clear();
        for (const entry of entries) store.set({ id: entry.id, data: await parseData({ id: entry.id, data: entry }) });
      };
      await sync();
      watcher?.add(folder);
      for (const event of ['add', 'change', 'unlink'] as const)
        watcher?.on(event, (path) => {
          if (path.startsWith(folder)) void sync();
        });
    },
  };
}
