/** The page's side of the disposable frame. A container that is lost costs this frame, not the page. */
import type { Api, LoadApi } from './api.ts';
import { clientEvent, type FrameClient } from './client-event.ts';

/** After the frame's load event its script has either run or failed to load. */
const graceAfterLoadMs = 1_000;

/** Appends the frame and waits until the client has been loaded into it; this is the first moment that anything of it is fetched. */
export const loadInFrame: LoadApi = async (onTrouble) => {
  const frame = document.createElement('iframe');
  frame.src = framePath(import.meta.env.BASE_URL);
  frame.hidden = true;
  frame.allow = 'cross-origin-isolated';
  const arrived = Promise.withResolvers<FrameClient>();
  frame.addEventListener(clientEvent, (event) => arrived.resolve((event as CustomEvent<FrameClient>).detail));
  frame.addEventListener('load', () => {
    const missing = () => arrived.reject(new Error(`${frame.src} was loaded, but the client in it was not`));
    setTimeout(missing, graceAfterLoadMs);
  });
  document.body.append(frame);
  try {
    const client = await arrived.promise;
    client.watch(onTrouble);
    return { boot: () => client.boot(), reload: () => client.reload(), dispose: () => frame.remove() } satisfies Api;
  } catch (error) {
    frame.remove();
    throw error;
  }
};

/** Address of the frame's page, whichever way the site's base is written. */
export function framePath(base: string): string {
  return `${base.replace(/\/$/, '')}/runtime/webcontainer/`;
}
