/**
 * The one table of HTTP headers. The dev server, the local server, the `_headers` file of a build and the tests all read it.
 *
 * The whole site is cross-origin isolated, which real Node in the tab needs (SharedArrayBuffer). `require-corp` rather than
 * `credentialless` because it is the only value that also isolates Safari and Firefox on Android, and nothing third-party is embedded.
 */
export interface HeaderRule {
  /** A path; a `*` in it stands for any text. All rules that fit apply, in order. */
  path: string;
  headers: Readonly<Record<string, string>>;
}

const forEver = { 'Cache-Control': 'public, max-age=31536000, immutable' };
const plainText = { 'Content-Type': 'text/plain; charset=utf-8' };

export const headerTable: readonly HeaderRule[] = [
  {
    path: '/*',
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      // StackBlitz tells sites apart by the Referer: "no-referrer" or "same-origin" would stop a WebContainer from booting.
      'Referrer-Policy': 'strict-origin-when-cross-origin',
      'X-Content-Type-Options': 'nosniff',
    },
  },
  { path: '/_astro/*', headers: forEver },
  // To be read in the browser. The labs' own pages stand beside them and are HTML.
  { path: '/labs/*.sh', headers: plainText },
  { path: '/labs/SHA256SUMS', headers: plainText },
  // The Linux image (server/linux-image.ts). The manifest names the other files, whose names have a hash in them; not every host knows
  // their types, and an unknown one is not run as a module.
  { path: '/linux/manifest.json', headers: { 'Cache-Control': 'no-cache' } },
  { path: '/linux/*.xz', headers: { ...forEver, 'Content-Type': 'application/x-xz' } },
  { path: '/linux/*.mjs', headers: { ...forEver, 'Content-Type': 'text/javascript; charset=utf-8' } },
  { path: '/linux/*.wasm', headers: { ...forEver, 'Content-Type': 'application/wasm' } },
  { path: '/linux/LICENCES.txt', headers: plainText },
  { path: '/linux/SOURCES.md', headers: plainText },
];

function fits(pattern: string, pathname: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pathname === pattern;
  return pathname.length >= start.length + end.length && pathname.startsWith(start) && pathname.endsWith(end);
}

/** The headers of one address, such as "/en/". Later rules win over earlier ones. */
export function headersFor(pathname: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, headers } of headerTable) {
    if (fits(path, pathname)) Object.assign(found, headers);
  }
  return found;
}

/** The table in the format of a `_headers` file (Netlify, Cloudflare Pages). */
export function headersFile(): string {
  return `${headerTable
    .map(({ path, headers }) =>
      [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join('\n'),
    )
    .join('\n\n')}\n`;
}

/** The table for Vercel's `vercel.json`. Its sources are patterns of path-to-regexp, where `(.*)` is any text. */
export function vercelConfig(): string {
  const headers = headerTable.map(({ path, headers: own }) => ({
    source: path.replaceAll('.', '\\.').replace('*', '(.*)'),
    headers: Object.entries(own).map(([key, value]) => ({ key, value })),
  }));
  const config = { buildCommand: 'npm run build', outputDirectory: 'dist', trailingSlash: true, headers };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** nginx knows prefixes and exact addresses; for a `*` with something behind it, a regular expression. */
function nginxLocation(path: string): string {
  if (!path.includes('*')) return `= ${path}`;
  return path.endsWith('*') ? path.slice(0, -1) : `~ ^${path.replaceAll('.', '\\.').replace('*', '.*')}$`;
}

/** The table as `location` blocks of nginx. An `add_header` in a block hides those outside it, so each block carries all that apply. */
export function nginxConfig(): string {
  const blocks = headerTable.map(({ path }) => {
    const all = Object.entries(headersFor(path.replace('*', '')));
    const lines = all
      // The type of a file is set by `default_type`, not by a second header.
      .map(([name, value]) =>
        name === 'Content-Type' ? `  types { }\n  default_type "${value}";` : `  add_header ${name} "${value}" always;`,
      );
    return `location ${nginxLocation(path)} {\n${lines.join('\n')}\n}`;
  });
  return `# Inside the server block that serves the folder dist. Made from src/site/headers.ts by npm run headers.\n${blocks.join('\n')}\n`;
}
