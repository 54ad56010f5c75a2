/**
 * What the site needs from its server, in development and in a build:
 * - dev: the header table on every answer, and the same runner as `npm start`;
 * - build: the constant that leaves the runner's client out of a deployed site, and the `_headers` file of the hosts that read one;
 * - both: the Linux image, where one is built. `npm start` serves it from where it lies, so only a deployed site gets a copy.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { inputsHash, readManifest } from '../linux-vm/image-folder.ts';
import { headersFile, headersFor } from '../src/site/headers.ts';
import { copyImage, imageServer } from './linux-image.ts';
import { createRunner } from './runner.ts';

export function localServer(): AstroIntegration {
  let base = '/';
  let local = false;
  return {
    name: 'local-server',
    hooks: {
      'astro:config:setup'({ command, updateConfig }) {
        local = command === 'dev' || process.env.LOCAL_RUNNER === '1';
        const define = {
          'import.meta.env.PUBLIC_LOCAL_RUNNER': JSON.stringify(local),
          'import.meta.env.LINUX_IMAGE': JSON.stringify(readManifest() ?? null),
        };
        updateConfig({ vite: { define } });
      },
      'astro:config:done'({ config }) {
        base = config.base;
      },
      'astro:server:setup'({ server }) {
        const runner = createRunner();
        const image = imageServer(base);
        server.middlewares.use((request, response, next) => {
          // In development an address keeps its name while its content changes.
          for (const [name, value] of Object.entries(headersFor(request.url?.split('?', 1)[0] ?? '/')))
            if (name !== 'Cache-Control') response.setHeader(name, value);
          if (!runner.handle(request, response) && !image(request, response)) next();
        });
        server.httpServer?.once('close', () => void runner.close());
        // Astro leaves without closing the server; what is sent to a program before that still arrives.
        process.once('exit', () => void runner.close());
      },
      async 'astro:build:done'({ dir, logger }) {
        await writeFile(new URL('_headers', dir), headersFile());
        if (local) return;
        const image = await copyImage(fileURLToPath(dir));
        if (!image) logger.info('There is no Linux image, so the labs do not run in the page (npm run vm:build).');
        else if (image.inputs !== inputsHash())
          logger.warn('The Linux image was built from another recipe than this one: npm run vm:build');
      },
    },
  };
}
