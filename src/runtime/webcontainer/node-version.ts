import type { Container } from './api.ts';
import type { Timings } from './timings.ts';
import { within } from './waiting.ts';

/** What `node --version` says in the container, such as "v22.22.3"; null when it says nothing of that kind in time. */
export async function nodeVersion(container: Container, timings: Pick<Timings, 'version'>): Promise<string | null> {
  try {
    const version = await within(timings.version, ask(container));
    return typeof version === 'symbol' ? null : version;
  } catch {
    return null;
  }
}

/** Not for the exit: the first line says it all, and neither the exit nor the end of the output is sure to come. */
async function ask(container: Container): Promise<string | null> {
  const process = await container.spawn('node', ['--version'], { cwd: '.', env: { NO_COLOR: '1', FORCE_COLOR: '0' } });
  const reader = process.output.getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += value ?? '';
      const version = /v\d+\.\d+\.\d+/.exec(text)?.[0];
      if (version || done) return version ?? null;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
