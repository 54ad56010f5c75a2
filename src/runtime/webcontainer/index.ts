/** The WebContainer backend for a page: one runtime, however many snippets there are. */
import { loadInFrame } from './frame.ts';
import { BrowserTabLock } from './tab-lock.ts';
import { defaultTimings, type Timings } from './timings.ts';
import { WebContainerRuntime } from './webcontainer-runtime.ts';

let shared: WebContainerRuntime | null = null;

/** The one runtime of this page. Making it loads nothing. */
export function webContainerRuntime(): WebContainerRuntime {
  shared ??= newWebContainerRuntime();
  return shared;
}

/** A runtime of its own. A page needs one only: two of them would compete for the lock like two tabs. */
export function newWebContainerRuntime(timings: Partial<Timings> = {}): WebContainerRuntime {
  return new WebContainerRuntime({
    loadApi: loadInFrame,
    facts: globalThis,
    tabLock: (holder) => new BrowserTabLock(holder, { ...defaultTimings, ...timings }.otherTab),
    timings,
  });
}
