/** The backends that run a program now: each is loaded on first use, and shared by all snippets of the page. */
import type { RuntimeLoaders } from './choose.ts';
import type { SnippetRuntime } from './contract.ts';

/** Whether this build is served by the local server; a literal at build time, so that a deployed build has no trace of local-node. */
export const servedLocally: boolean = import.meta.env.PUBLIC_LOCAL_RUNNER;

/** The loader, called once; again only after it failed. */
function once(load: () => Promise<SnippetRuntime>): () => Promise<SnippetRuntime> {
  let loaded: Promise<SnippetRuntime> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

export const liveLoaders: RuntimeLoaders = {
  ...(import.meta.env.PUBLIC_LOCAL_RUNNER
    ? {
        'local-node': once(async () => {
          const { LocalNodeRuntime } = await import('./local-node.ts');
          return new LocalNodeRuntime();
        }),
      }
    : {}),
  webcontainer: once(async () => {
    const { webContainerRuntime } = await import('./webcontainer/index.ts');
    return webContainerRuntime();
  }),
};
