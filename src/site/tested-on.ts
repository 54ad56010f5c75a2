/** The facts of a recording's header that say on what it ran, in the order in which they are shown. */
const shown = ['node', 'os', 'kernel', 'shell', 'user'];

export interface TestedOn {
  facts: string[];
  /** Day of the newest recording there (ISO date), if its header has one. */
  recorded: string | undefined;
}

/** The different machines of a lesson's recordings, each once, with the day of its newest recording. */
export function testedOn(headers: readonly Readonly<Record<string, string>>[]): TestedOn[] {
  const found = new Map<string, TestedOn>();
  for (const header of headers) {
    const facts = shown.flatMap((name) => {
      const value = header[name];
      if (!value) return [];
      return [name === 'node' ? `Node ${value.replace(/^v/, '')}` : value];
    });
    if (facts.length === 0) continue;
    const key = facts.join('\n');
    const recorded = header['recorded']?.slice(0, 10);
    const before = found.get(key)?.recorded;
    found.set(key, { facts, recorded: before && (!recorded || before > recorded) ? before : recorded });
  }
  return [...found.values()].sort((a, b) => b.facts.join().localeCompare(a.facts.join(), 'en', { numeric: true }));
}
