// For `sha256sum -c SHA256SUMS` beside downloaded scripts.
import { getCollection } from 'astro:content';
import type { APIRoute } from 'astro';
import { checksumFile } from '../../components/lab/script.ts';
import { probeScript } from '../../site/probe.ts';
import { labFiles } from '../../site/runnables.ts';

export const GET: APIRoute = async () => {
  const labs = (await getCollection('labs')).map(({ id }) => id).sort();
  const scripts = labs.map((id) => ({ name: `${id}.sh`, text: labFiles(id).script }));
  const sums = checksumFile([...scripts, { name: 'probe.sh', text: probeScript() }]);
  return new Response(sums, { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
};
