/** Which backend runs a snippet: what there is, what can be used here and now, and what a press of Run leads to. */
import type { Availability, RunSpec, RuntimeKind, SnippetRuntime, UnavailableReason } from './contract.ts';

/** Every backend that the site knows, best first. `linux-vm` is listed so that a reader sees that it is not there. */
export const allBackends = ['local-node', 'webcontainer', 'linux-vm', 'recorded'] as const;
export type Backend = (typeof allBackends)[number];

export type RuntimeLoaders = Partial<Record<RuntimeKind, () => Promise<SnippetRuntime>>>;

export interface Candidate {
  backend: Backend;
  /** Present where the backend can be used. */
  runtime?: SnippetRuntime;
  /** Present where it cannot. */
  reason?: UnavailableReason | 'not-yet';
}

export interface Wish {
  /** From the snippet's `backends`. */
  backends: readonly RuntimeKind[];
  spec: Pick<RunSpec, 'id' | 'limits'>;
}

/**
 * What the Run button means before anything was loaded or asked. A WebContainer is offered, never started by itself; where a snippet
 * needs a limit of the operating system, a tab cannot give it.
 *
 * @param localBuild whether the build is served by the local server, which runs Node itself
 */
export function firstChoice({ backends, spec }: Wish, localBuild: boolean): RuntimeKind {
  if (localBuild && backends.includes('local-node')) return 'local-node';
  return backends.includes('webcontainer') && spec.limits === undefined ? 'webcontainer' : 'recorded';
}

/** Asks every backend, all at once. Never rejects: a backend whose code cannot be loaded is one that is offline. */
export async function survey(loaders: RuntimeLoaders, wish: Wish): Promise<Candidate[]> {
  return Promise.all(allBackends.map((backend) => candidate(backend, loaders, wish)));
}

/** One backend of the survey. */
export async function candidate(backend: Backend, loaders: RuntimeLoaders, wish: Wish): Promise<Candidate> {
  if (backend === 'linux-vm') return { backend, reason: 'not-yet' };
  if (backend !== 'recorded' && !wish.backends.includes(backend)) return { backend, reason: 'not-for-this-snippet' };
  const load = loaders[backend];
  if (!load) return { backend, reason: 'no-endpoint' };
  try {
    const runtime = await load();
    const availability: Availability = await runtime.availability(wish.spec);
    return availability.ok ? { backend, runtime } : { backend, reason: availability.reason };
  } catch {
    return { backend, reason: 'offline' };
  }
}
