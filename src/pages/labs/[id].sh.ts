// The very file that CI runs and the lesson shows, to download: /labs/emfile.sh
import { getCollection } from 'astro:content';
import type { APIRoute } from 'astro';
import { labFiles } from '../../site/runnables.ts';

export async function getStaticPaths() {
  return (await getCollection('labs')).map(({ id }) => ({ params: { id } }));
}

export const GET: APIRoute = ({ params }) =>
  new Response(labFiles(params['id'] ?? '').script, { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
