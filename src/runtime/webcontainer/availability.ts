/** Whether a WebContainer can be tried in this browser, from what the browser says about itself: no request, no boot. */
import type { RunSpec, RuntimeInfo, UnavailableReason } from '../contract.ts';

/** What is read of the browser. `globalThis` fits. */
export interface BrowserFacts {
  isSecureContext: boolean;
  crossOriginIsolated: boolean;
  SharedArrayBuffer?: unknown;
  WebAssembly?: unknown;
  navigator: { userAgent: string; maxTouchPoints: number; onLine: boolean; deviceMemory?: number; locks?: unknown };
}

/** Devices below this many GiB of memory are not asked to hold a container; Chrome rounds to 0.25, 0.5, 1, 2, 4, 8 and more. */
const leastDeviceMemoryGiB = 4;

/** The first reason against it, or null. The reasons that last come before those that pass. */
export function unavailableReason(facts: BrowserFacts, spec?: Pick<RunSpec, 'limits'>): UnavailableReason | null {
  const { navigator } = facts;
  if (spec?.limits && Object.keys(spec.limits).length > 0) return 'needs-linux-limits';
  if (!facts.isSecureContext) return 'insecure-context';
  if (isIos(navigator)) return 'ios';
  if (!facts.WebAssembly || !navigator.locks) return 'unsupported-browser';
  if (!facts.crossOriginIsolated) return 'not-isolated';
  if (!facts.SharedArrayBuffer) return 'unsupported-browser';
  if ((navigator.deviceMemory ?? leastDeviceMemoryGiB) < leastDeviceMemoryGiB) return 'low-memory-device';
  if (!navigator.onLine) return 'offline';
  return null;
}

/** Every browser on an iPhone or iPad is WebKit there. An iPad says that it is a Mac, but no Mac has a touch screen. */
function isIos({ userAgent, maxTouchPoints }: BrowserFacts['navigator']): boolean {
  return /\b(?:iPhone|iPad|iPod)\b/.test(userAgent) || (/\bMacintosh\b/.test(userAgent) && maxTouchPoints > 1);
}

/** The engine that runs the reader's JavaScript: in a WebContainer it is the browser's own. */
export function engineOf(userAgent: string): RuntimeInfo['engine'] {
  if (/\b(?:Chrome|Chromium)\//.test(userAgent)) return 'v8';
  if (/\bFirefox\//.test(userAgent)) return 'spidermonkey';
  return /\bAppleWebKit\//.test(userAgent) ? 'javascriptcore' : 'unknown';
}
