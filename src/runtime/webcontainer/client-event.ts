/** How the disposable frame hands the vendor's client to the page. */
import type { Api, Trouble } from './api.ts';

export interface FrameClient extends Pick<Api, 'boot' | 'reload'> {
  /** Whatever shows that a boot cannot succeed, or that a booted container is in trouble. */
  watch(onTrouble: (trouble: Trouble) => void): void;
}

/** Dispatched on the frame's own element, which only a page of the same origin has; the client is its detail. */
export const clientEvent = 'webcontainer-client';
