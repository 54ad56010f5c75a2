/** Writes the header table for hosts that do not read `_headers` (npm run headers). A test fails when the files are stale. */
import { writeFileSync } from 'node:fs';
import { nginxConfig, vercelConfig } from '../src/site/headers.ts';

writeFileSync('vercel.json', vercelConfig());
writeFileSync('docs/nginx-headers.conf', nginxConfig());
