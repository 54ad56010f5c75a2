/** Asks the hosts whether the pages are there. For the scheduled job: a change must not fail because of somebody else's server. */
import type { ExternalLink } from './collect.ts';

export interface Answer {
  url: string;
  /** `gone`: the host says so, or there is no such host. `unclear`: it refuses programs, is slow or busy; a person has to look. */
  state: 'there' | 'moved' | 'gone' | 'unclear';
  /** The status, where it leads now, or the error. */
  detail: string;
}

export interface Options {
  /** Per request, in milliseconds. */
  timeoutMs?: number;
  /** Hosts that are asked at the same time; each host gets one request at a time. */
  hosts?: number;
  /** Between two tries, in milliseconds. */
  pauseMs?: number;
}

const headers = { 'User-Agent': 'understanding-the-cloud link check', Accept: 'text/html,*/*;q=0.8' };
const gone = new Set([404, 410]);
const noHost = /ENOTFOUND|ERR_TLS_CERT_ALTNAME_INVALID|CERT_HAS_EXPIRED/;

async function ask(url: string, method: 'HEAD' | 'GET', timeoutMs: number): Promise<Response> {
  const response = await fetch(url, { method, headers, redirect: 'follow', signal: AbortSignal.timeout(timeoutMs) });
  await response.body?.cancel();
  return response;
}

/** One page: HEAD, then GET where HEAD is refused, then once more after a pause where it is not clear. */
export async function checkPage(url: string, { timeoutMs = 20_000, pauseMs = 3000 }: Options = {}): Promise<Answer> {
  let answer: Answer = { url, state: 'unclear', detail: 'not asked' };
  for (const method of ['HEAD', 'GET', 'GET'] as const) {
    if (answer.detail !== 'not asked') await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      const response = await ask(url, method, timeoutMs);
      const same = response.url.replace(/\/$/, '') === url.replace(/\/$/, '');
      if (response.ok)
        return same
          ? { url, state: 'there', detail: String(response.status) }
          : { url, state: 'moved', detail: response.url };
      answer = { url, state: gone.has(response.status) ? 'gone' : 'unclear', detail: String(response.status) };
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      const detail = cause?.code ?? message;
      answer = { url, state: noHost.test(detail) ? 'gone' : 'unclear', detail };
    }
  }
  return answer;
}

/** All pages, each once, whatever fragments the links have. */
export async function checkPages(links: readonly ExternalLink[], options: Options = {}): Promise<Answer[]> {
  const byHost = new Map<string, string[]>();
  for (const url of new Set(links.map((link) => link.url.replace(/#.*$/, '')))) {
    const { host } = new URL(url);
    byHost.set(host, [...(byHost.get(host) ?? []), url]);
  }
  const queues = [...byHost.values()];
  const answers: Answer[] = [];
  const worker = async () => {
    for (let queue = queues.pop(); queue; queue = queues.pop())
      for (const url of queue) answers.push(await checkPage(url, options));
  };
  await Promise.all(Array.from({ length: options.hosts ?? 8 }, worker));
  return answers.sort((a, b) => (a.url < b.url ? -1 : 1));
}
