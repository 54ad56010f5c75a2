/** Bundles a TypeScript module for a test page, with the bundler that the site itself is built with. */
import { build } from 'vite';

/** @param entry path of the module */
export async function bundle(entry: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    base: '/',
    build: { write: false, minify: false, target: 'es2024', rolldownOptions: { input: entry } },
  });
  for (const { output: files } of Array.isArray(output) ? output : 'output' in output ? [output] : [])
    for (const file of files) if (file.type === 'chunk' && file.isEntry) return file.code;
  throw new Error(`nothing came out of bundling ${entry}`);
}
