import { afterEach, describe, expect, it, vi } from 'vitest';

async function config() {
  vi.resetModules();
  return (await import('../../../astro.config.mjs')).default;
}

describe('where a build will be served', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('a variable that is empty counts as not set, as GitHub Actions passes one that nobody set', async () => {
    vi.stubEnv('SITE_URL', '');
    vi.stubEnv('BASE_PATH', '');
    const { site, base } = await config();
    expect({ site, base }).toEqual({ site: 'http://localhost:4321', base: '/' });
  });

  it('is what the variables say', async () => {
    vi.stubEnv('SITE_URL', 'https://course.example');
    vi.stubEnv('BASE_PATH', '/course/');
    const { site, base } = await config();
    expect({ site, base }).toEqual({ site: 'https://course.example', base: '/course/' });
  });
});
