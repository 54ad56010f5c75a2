// The probe of "My machine", to download beside the labs: /labs/probe.sh
import type { APIRoute } from 'astro';
import { probeScript } from '../../site/probe.ts';

export const GET: APIRoute = () =>
  new Response(probeScript(), { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
