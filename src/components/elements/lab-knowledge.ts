import type { LabKnowledge } from '../lab/knowledge.ts';
import { make } from './dom.ts';
import type { Translate } from './strings.ts';

const loading = new Map<string, Promise<LabKnowledge>>();

/**
 * What the course knows of a lab's differences: one request for each lab, then kept. It is as much as the words of a lesson and of use to few
 * readers, so no page carries it. Rejects where it cannot be fetched; the next call tries again.
 *
 * @param host an element with `data-knowledge`, the address
 */
export function loadKnowledge(host: HTMLElement): Promise<LabKnowledge> {
  const address = host.dataset['knowledge'] ?? '';
  const known = loading.get(address) ?? fetchKnowledge(address);
  loading.set(address, known);
  known.catch(() => loading.delete(address));
  return known;
}

async function fetchKnowledge(address: string): Promise<LabKnowledge> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()) as LabKnowledge;
}

/** The nodes of HTML that this site's build made. */
export function fromBuild(html: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}

/** A known cause of a difference, and what to do. */
export function causeWords(cause: string, remedy: string, say: Translate): DocumentFragment {
  const both = document.createDocumentFragment();
  both.append(
    make('p', {}, fromBuild(cause)),
    make('p', {}, make('strong', {}, say('checker.remedy')), ' ', fromBuild(remedy)),
  );
  return both;
}
