/**
 * The seam between the state machine and the vendor's client. The real side is `frame.ts`; unit tests put a script in its place, and
 * nothing else of the runtime is ever faked.
 */
import type { WebContainer, WebContainerProcess } from '@webcontainer/api';
import type { FailureCause } from '../contract.ts';

/**
 * The value that the site's `Cross-Origin-Embedder-Policy` header has; the vendor must be told the same. "none" is not an option any
 * more (Chrome's trial of it ended in May 2026), and "credentialless" leaves out Safari and Firefox on Android.
 */
export const embedderPolicy = 'require-corp';

export type ContainerProcess = Pick<WebContainerProcess, 'output' | 'exit' | 'kill'>;

/** What is used of a booted container. */
export interface Container {
  mount: WebContainer['mount'];
  fs: Pick<WebContainer['fs'], 'mkdir' | 'readdir' | 'rm'>;
  spawn(
    command: string,
    args: string[],
    options: { cwd: string; env: Record<string, string> },
  ): Promise<ContainerProcess>;
  on(event: 'error', listener: (error: { message: string }) => void): () => void;
}

/** Something that went wrong where the vendor's promises stay silent: a boot that cannot succeed stays pending for ever. */
export interface Trouble {
  cause: FailureCause;
  /** English, for the console. */
  message: string;
}

/** The vendor's client, loaded into a frame that can be thrown away. */
export interface Api {
  /** Called once. May stay pending for ever. */
  boot(): Promise<Container>;
  /** Loads the vendor's page again; a boot that is pending can then still succeed. */
  reload(): void;
  /** Throws the frame away, with everything in it. Promises of it may then never settle. */
  dispose(): void;
}

export type LoadApi = (onTrouble: (trouble: Trouble) => void) => Promise<Api>;
