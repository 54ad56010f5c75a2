/** Runs in a page: asks one container, through the vendor's client in the site's own frame, without the runtime around it. */
import type { Container } from '../../src/runtime/webcontainer/api.ts';
import { loadInFrame } from '../../src/runtime/webcontainer/frame.ts';
import type { Finding, Probe } from './probe-pack.ts';

let container: Container | null = null;
let asked = 0;

const pause = (ms: number) => new Promise<null>((resolve) => setTimeout(() => resolve(null), ms));

const inPage = {
  /** Milliseconds until the container was there. */
  async boot(): Promise<number> {
    const started = performance.now();
    const api = await loadInFrame((trouble) => console.warn(trouble.cause, trouble.message));
    container = await api.boot();
    return performance.now() - started;
  },

  async ask({ command, args, files = {}, env = {}, killAfterMs, limitMs = 30_000 }: Probe): Promise<Finding> {
    if (!container) throw new Error('boot first');
    const finding: Finding = { output: '', code: null, exitMs: null, outputClosed: false, outputAfterExit: false };
    const folder = `probes/${++asked}`;
    await container.fs.mkdir(folder, { recursive: true });
    const tree = Object.entries(files).map(([name, contents]) => [name, { file: { contents } }]);
    await container.mount(Object.fromEntries(tree), { mountPoint: folder });
    const started = performance.now();
    try {
      const process = await container.spawn(command, args, { cwd: folder, env });
      const reader = process.output.getReader();
      const closed = (async () => {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          finding.output += value;
          finding.outputAfterExit ||= finding.exitMs !== null;
        }
      })();
      if (killAfterMs !== undefined) setTimeout(() => process.kill(), killAfterMs);
      finding.code = await Promise.race([process.exit, pause(limitMs)]);
      finding.exitMs = finding.code === null ? null : Math.round(performance.now() - started);
      finding.outputClosed = await Promise.race([closed.then(() => true), pause(1_000).then(() => false)]);
      if (finding.code === null) process.kill();
    } catch (error) {
      finding.error = String(error);
    }
    return finding;
  },
};

declare global {
  var probe: typeof inPage;
}
globalThis.probe = inPage;
