/**
 * What the site needs from its server, in development and in a build:
 * - dev: the header table on every answer, and the same runner as `npm start`;
 * - build: the constant that leaves the runner's client out of a deployed site, and the `_headers` file of the hosts that read one.
 */
import { writeFile } from 'node:fs/promises';
import type { AstroIntegration } from 'astro';
import { headersFile, headersFor } from '../src/site/headers.ts';
import { createRunner } from './runner.ts';

export function localServer(): AstroIntegration {
  return {
    name: 'local-server',
    hooks: {
      'astro:config:setup'({ command, updateConfig }) {
        const local = command === 'dev' || process.env.LOCAL_RUNNER === '1';
        updateConfig({ vite: { define: { 'import.meta.env.PUBLIC_LOCAL_RUNNER': JSON.stringify(local) } } });
      },
      'astro:server:setup'({ server }) {
        const runner = createRunner();
        server.middlewares.use((request, response, next) => {
          // In development an address keeps its name while its content changes.
          for (const [name, value] of Object.entries(headersFor(request.url?.split('?', 1)[0] ?? '/')))
            if (name !== 'Cache-Control') response.setHeader(name, value);
          if (!runner.handle(request, response)) next();
        });
        server.httpServer?.once('close', () => void runner.close());
        // Astro leaves without closing the server; what is sent to a program before that still arrives.
        process.once('exit', () => void runner.close());
      },
      async 'astro:build:done'({ dir }) {
        await writeFile(new URL('_headers', dir), headersFile());
      },
    },
  };
}
