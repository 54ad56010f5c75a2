/**
 * The one table of HTTP headers. The dev server, the local server, the `_headers` file of a build and the tests all read it.
 *
 * The whole site is cross-origin isolated, which real Node in the tab needs (SharedArrayBuffer). `require-corp` rather than
 * `credentialless` because it is the only value that also isolates Safari and Firefox on Android, and nothing third-party is embedded.
 */
export interface HeaderRule {
  /** A path, or a prefix that ends in `*`. All rules that fit apply, in order. */
  path: string;
  headers: Readonly<Record<string, string>>;
}

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
  { path: '/_astro/*', headers: { 'Cache-Control': 'public, max-age=31536000, immutable' } },
  { path: '/labs/*', headers: { 'Content-Type': 'text/plain; charset=utf-8' } },
];

/** The headers of one address, such as "/en/". Later rules win over earlier ones. */
export function headersFor(pathname: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, headers } of headerTable) {
    const fits = path.endsWith('*') ? pathname.startsWith(path.slice(0, -1)) : pathname === path;
    if (fits) Object.assign(found, headers);
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

/** The table for Vercel's `vercel.json`. Its sources are patterns of path-to-regexp, where `(.*)` is a prefix's rest. */
export function vercelConfig(): string {
  const headers = headerTable.map(({ path, headers: own }) => ({
    source: path.replace(/\*$/, '(.*)'),
    headers: Object.entries(own).map(([key, value]) => ({ key, value })),
  }));
  const config = { buildCommand: 'npm run build', outputDirectory: 'dist', trailingSlash: true, headers };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The table as `location` blocks of nginx. An `add_header` in a block hides those outside it, so each block carries all that apply. */
export function nginxConfig(): string {
  const blocks = headerTable.map(({ path }) => {
    const all = Object.entries(headersFor(path.replace(/\*$/, '')));
    const lines = all
      // The type of a file is set by `default_type`, not by a second header.
      .map(([name, value]) =>
        name === 'Content-Type' ? `  types { }\n  default_type "${value}";` : `  add_header ${name} "${value}" always;`,
      );
    return `location ${path.replace(/\*$/, '')} {\n${lines.join('\n')}\n}`;
  });
  return `# Inside the server block that serves the folder dist. Made from src/site/headers.ts by npm run headers.\n${blocks.join('\n')}\n`;
}
