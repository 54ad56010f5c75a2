/** The deployed build with the built image beside it, served by a server that can be told to do it badly. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import sirv from 'sirv';
import { imageFolder, readManifest } from '../../../linux-vm/image-folder.ts';
import { judge } from '../../../src/checker/index.ts';
import english from '../../../src/content/i18n/en.json' with { type: 'json' };
import { imagePath } from '../../../src/runtime/linux-vm/address.ts';
import { headersFor } from '../../../src/site/headers.ts';
import { close, deployedBuild, listen } from '../support/static-site.ts';

export { expect };

export const words = english;
export const manifest = readManifest();
export const whyNot = 'the Linux image is not built: npm run vm:build';
/** Nowhere but on a machine of a developer: `npm test` builds an image under CI, and without one the tests fail. */
export const skipped = !manifest && process.env.CI !== 'true';
if (skipped) console.log(`The browser tests of the Linux machine are skipped: ${whyNot}.`);

export interface Faults {
  /** No image is served. */
  missing: boolean;
  /** The snapshot ends in the middle. */
  cutOff: boolean;
  /** One byte of the snapshot is another one. */
  corrupt: boolean;
  /** The connection breaks off where the code of the worker is asked for. */
  workerMissing: boolean;
  /** The machine does not get what is sent to it. */
  deaf: boolean;
  /** Sent with every answer. */
  contentSecurityPolicy: string | null;
}

const none: Faults = {
  missing: false,
  cutOff: false,
  corrupt: false,
  workerMissing: false,
  deaf: false,
  contentSecurityPolicy: null,
};

/** A copy of v86 whose machine hears nothing. It is given as the image's own, with its checksum. */
function deafLibrary(real: string): { name: string; content: Buffer } {
  const source = `import { V86 as Real } from './${real}';\nexport class V86 extends Real { serial_send_bytes() {} }\n`;
  const content = Buffer.from(source);
  return { name: `libv86.${checksum(content).slice(0, 12)}.mjs`, content };
}

const checksum = (content: Buffer) => createHash('sha256').update(content).digest('hex');

export class ImageSite {
  faults: Faults = { ...none };
  /** Files of the image that were asked for, but for the manifest. */
  asked: string[] = [];
  origin = '';
  readonly #files = sirv(deployedBuild, { dev: true, extensions: ['html'] });
  readonly #server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const { contentSecurityPolicy } = this.faults;
    const policy = contentSecurityPolicy ? { 'Content-Security-Policy': contentSecurityPolicy } : {};
    for (const [name, value] of Object.entries({ ...headersFor(pathname), ...policy })) response.setHeader(name, value);
    const notFound = () => void response.writeHead(404).end('not found');
    if (this.faults.workerMissing && /\/_astro\/worker-[^/]*$/.test(pathname)) response.destroy();
    else if (pathname.startsWith(`/${imagePath}`))
      this.#image(pathname.slice(imagePath.length + 1), response, notFound);
    else this.#files(request, response, notFound);
  });

  mend(): void {
    this.faults = { ...none };
  }

  async start(): Promise<void> {
    if (!manifest) throw new Error(whyNot);
    this.origin = `http://localhost:${await listen(this.#server, 'localhost')}`;
  }

  stop(): Promise<void> {
    return close(this.#server);
  }

  #image(name: string, response: ServerResponse, notFound: () => void): void {
    if (this.faults.missing || !/^[\w.-]+$/.test(name)) {
      notFound();
      return;
    }
    if (name !== 'manifest.json') this.asked.push(name);
    let content = this.#content(name);
    const types: Record<string, string> = {
      json: 'application/json',
      mjs: 'text/javascript',
      wasm: 'application/wasm',
    };
    response.setHeader('Content-Type', types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
    response.setHeader('Content-Length', content.length);
    // As a host should send them: their names have their hash in them.
    if (name !== 'manifest.json') response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    const snapshot = name === image().state.file;
    if (snapshot && this.faults.corrupt) {
      content = Buffer.from(content);
      const middle = content.length >> 1;
      content[middle] = (content[middle] ?? 0) ^ 1;
    }
    if (snapshot && this.faults.cutOff)
      response.write(content.subarray(0, content.length >> 1), () => response.destroy());
    else response.end(content);
  }

  #content(name: string): Buffer {
    const { library } = image();
    const deaf = deafLibrary(library.file);
    if (this.faults.deaf && name === deaf.name) return deaf.content;
    const content = readFileSync(join(imageFolder, name));
    if (!this.faults.deaf || name !== 'manifest.json') return content;
    const file = { file: deaf.name, bytes: deaf.content.length, sha256: checksum(deaf.content) };
    return Buffer.from(JSON.stringify({ ...image(), library: file }));
  }
}

/** The manifest of the image, in a test that has one. */
export function image(): NonNullable<typeof manifest> {
  if (!manifest) throw new Error(whyNot);
  return manifest;
}

export const test = base.extend<{ site: ImageSite; lab: (id: string) => Promise<LabPane> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  site: async ({}, use) => {
    const site = new ImageSite();
    await site.start();
    await use(site);
    await site.stop();
  },
  baseURL: async ({ site }, use) => use(site.origin),
  lab: async ({ page }, use) =>
    use(async (id) => {
      // Why there is no machine stands there, for whoever reads a failed test.
      page.on('console', (message) => message.text().startsWith('linux-vm:') && console.log(message.text()));
      await page.goto(`/en/labs/${id}/`);
      return new LabPane(page, id);
    }),
});

/** The part of a lab's page that runs it in the browser. */
export class LabPane {
  readonly id: string;
  readonly page: Page;
  readonly pane: Locator;
  readonly terminal: Locator;
  readonly status: Locator;
  readonly failure: Locator;
  readonly verdict: Locator;
  readonly transcript: Locator;

  constructor(page: Page, id: string) {
    this.page = page;
    this.id = id;
    this.pane = page.locator(`#vm-${id}`);
    this.terminal = this.pane.getByRole('group', { name: words['vm.terminal'] });
    this.status = this.pane.locator('[data-part=status]');
    this.failure = this.pane.getByRole('alert');
    this.verdict = this.pane.locator('.verdict-headline .badge');
    this.transcript = this.pane.locator('pre');
  }

  button(name: 'run' | 'stop' | 'restart'): Locator {
    return this.pane.getByRole('button', { name: words[`vm.${name}`], exact: true });
  }

  /** By keyboard alone. */
  async press(name: 'run' | 'stop' | 'restart'): Promise<void> {
    await this.button(name).focus();
    await this.page.keyboard.press('Enter');
  }

  /** The verdict that the page shows, and the checker's own on the transcript that stands beside it. Node is not there: steps are skipped. */
  async expectToPass(): Promise<void> {
    await expect(this.verdict).toBeVisible({ timeout: 480_000 });
    const expected = readFileSync(`src/content/labs/${this.id}/expected.txt`, 'utf8');
    const { outcome, steps } = judge((await this.transcript.textContent()) ?? '', {
      id: this.id,
      expected,
      mismatches: [],
    });
    expect(['passed', 'partial']).toContain(outcome);
    const checks = steps.flatMap((step) => step.checks).map(({ status }) => status);
    expect(checks).toContain('passed');
    expect(checks).not.toContain('failed');
    expect(checks).not.toContain('missing');
    await expect(this.verdict).toHaveText(words[`lab.verdict.badge.${outcome as 'passed' | 'partial'}`]);
  }

  /** Waits until there is a prompt at which the reader may type. */
  async prompt(): Promise<void> {
    await expect(this.status).toContainText('in the home folder', { timeout: 180_000 });
  }

  /** Replaces the script on its way into the machine: the rest is as for every lab. */
  async script(text: string): Promise<void> {
    await this.page.evaluate(
      ([id, script]) => {
        const block = document.getElementById(`block-${id}`);
        if (block) block.textContent = `cat > ${id}.sh <<'LAB'\n${script}\nLAB\nbash ${id}.sh\n`;
      },
      [this.id, text],
    );
  }

  /** A machine whose lab is over at once, with the focus in its terminal. */
  async on(): Promise<void> {
    await this.script(':');
    await this.press('run');
    await expect(this.status).toContainText(words['vm.type-on'], { timeout: 180_000 });
    await this.terminal.getByRole('textbox').focus();
  }

  /** Types a command into the terminal, which has to have the focus already. */
  async command(text: string): Promise<void> {
    await this.page.keyboard.type(`${text}\n`);
  }
}
