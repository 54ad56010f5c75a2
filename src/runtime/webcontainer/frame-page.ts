/**
 * Runs inside the disposable frame: loads the vendor's client there, watches for what its promises never say, and hands both to the page
 * through an event on the frame's own element, which only a page of the same origin has.
 */
import { configureAPIKey, WebContainer } from '@webcontainer/api';
import { embedderPolicy, type Trouble } from './api.ts';
import { clientEvent, type FrameClient } from './client-event.ts';
import { causeOf, messageOf } from './diagnosis.ts';
import { HostWatch } from './host-watch.ts';

let report: (trouble: Trouble) => void = () => {};
const host = new HostWatch((trouble) => report(trouble));

const client: FrameClient = {
  watch(onTrouble) {
    report = onTrouble;
    const onError = (error: unknown) => {
      const cause = causeOf(error);
      if (cause !== 'unknown') onTrouble({ cause, message: messageOf(error) });
    };
    window.addEventListener('error', (event) => onError(event.error ?? event.message));
    window.addEventListener('unhandledrejection', (event) => onError(event.reason));
  },

  async boot() {
    if (!window.crossOriginIsolated) throw new Error('crossOriginIsolated is false in the frame of the runtime');
    const key: string | undefined = import.meta.env.PUBLIC_WEBCONTAINER_API_KEY;
    if (key) configureAPIKey(key);
    host.start();
    try {
      return await WebContainer.boot({ coep: embedderPolicy, workdirName: 'course' });
    } finally {
      host.stop();
    }
  },

  reload: () => host.reload(),
};

window.frameElement?.dispatchEvent(new CustomEvent(clientEvent, { detail: client }));
