/**
 * The manifests that lessons show. The schema has the fields that they use, with the types and bounds of the Kubernetes API, and refuses
 * any other: a misspelt field fails here as `kubectl apply --validate=strict` would refuse it. Then what the lesson says of them.
 */
import { globSync, readFileSync } from 'node:fs';
import { z } from 'astro/zod';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
const labels = z.record(z.string(), z.string());
/** An amount such as 500m, 512Mi or 2. */
const quantity = z.union([z.int().nonnegative(), z.string().regex(/^\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?$/)]);
const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });
const probe = z.strictObject({
  httpGet: z.strictObject({
    path: z.string().startsWith('/'),
    port: z.union([name, z.int().min(1).max(65_535)]),
  }),
  initialDelaySeconds: z.int().min(0).optional(),
  periodSeconds: z.int().min(1).optional(),
  timeoutSeconds: z.int().min(1).optional(),
  failureThreshold: z.int().min(1).optional(),
});
const container = z.strictObject({
  name,
  image: z.string(),
  ports: z.array(z.strictObject({ name, containerPort: z.int().min(1).max(65_535) })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  resources: z.strictObject({ requests: amounts, limits: amounts }),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  securityContext: z.strictObject({
    readOnlyRootFilesystem: z.boolean(),
    allowPrivilegeEscalation: z.boolean(),
    capabilities: z.strictObject({ drop: z.array(z.string()) }),
  }),
  volumeMounts: z.array(
    z.strictObject({ name, mountPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }),
  ),
});
const volume = z.union([
  z.strictObject({ name, emptyDir: z.strictObject({ sizeLimit: quantity }) }),
  z.strictObject({
    name,
    secret: z.strictObject({ secretName: name, defaultMode: z.int().min(0).max(0o777).optional() }),
  }),
]);
const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata: z.strictObject({ name }),
  spec: z.strictObject({
    replicas: z.int().min(0),
    selector: z.strictObject({ matchLabels: labels }),
    template: z.strictObject({
      metadata: z.strictObject({ labels }),
      spec: z.strictObject({
        securityContext: z.strictObject({ runAsNonRoot: z.boolean(), runAsUser: z.int(), fsGroup: z.int() }),
        containers: z.tuple([container]),
        volumes: z.array(volume),
      }),
    }),
  }),
});

const files = globSync('src/content/manifests/*.yaml');

it('are there', () => {
  expect(files.length).toBeGreaterThan(0);
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const read = (version: '1.1' | '1.2'): unknown => {
    const documents = parseAllDocuments(text, { version });
    if (!Array.isArray(documents)) throw new Error(`${file} is empty`);
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(documents).toHaveLength(1);
    return documents[0]?.toJS();
  };
  const manifest = deployment.parse(read('1.2'));
  const pod = manifest.spec.template.spec;
  const [app] = pod.containers;

  it('says the same to a reader of YAML 1.1, as kubectl is one: no 0440, no yes', () => {
    expect(read('1.1')).toEqual(manifest);
  });

  it('fits a phone held upright no worse than a program does', () => {
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('selects its own Pods, and mounts volumes that it has', () => {
    expect(manifest.spec.template.metadata.labels).toMatchObject(manifest.spec.selector.matchLabels);
    expect(app.volumeMounts.map((one) => one.name).sort()).toEqual(pod.volumes.map((one) => one.name).sort());
  });

  it('names an image by a version', () => {
    expect(app.image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it('asks pages that the program of the lesson has: liveness only the one that asks nobody', () => {
    const program = readFileSync('src/content/snippets/live-and-ready/main.mjs', 'utf8');
    const ports = app.ports.map((one) => one.name);
    for (const { httpGet } of [app.startupProbe, app.livenessProbe, app.readinessProbe]) {
      expect(program).toContain(`'${httpGet.path}':`);
      expect(ports).toContain(httpGet.port);
    }
    expect(program).toContain(`'${app.livenessProbe.httpGet.path}': () => 200,`);
    expect(app.startupProbe.httpGet.path).toBe(app.livenessProbe.httpGet.path);
  });

  it('gives 60 seconds to start, and stops requests before it restarts', () => {
    const seconds = (one: z.infer<typeof probe>) => (one.periodSeconds ?? 10) * (one.failureThreshold ?? 3);
    expect(seconds(app.startupProbe)).toBe(60);
    expect(seconds(app.readinessProbe)).toBeLessThan(seconds(app.livenessProbe));
  });

  it('sets what the program of the lesson wants to know, and no secret', () => {
    const program = readFileSync('src/content/snippets/config-at-start/main.mjs', 'utf8');
    const rules = /const rules = \{([\s\S]*?)\n\};/.exec(program)?.[1] ?? '';
    const wanted = [...rules.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, one]) => one);
    expect(wanted).toHaveLength(4);
    expect(app.env.map((one) => one.name)).toEqual(wanted);
    expect(app.env.find((one) => one.name === 'PORT')?.value).toBe(`${app.ports[0]?.containerPort}`);
    const file = app.env.find((one) => one.name === 'DB_PASSWORD_FILE')?.value ?? '';
    expect(app.volumeMounts.some(({ mountPath }) => file.startsWith(`${mountPath}/`))).toBe(true);
    for (const one of app.env) if (/PASSWORD|TOKEN|KEY/.test(one.name)) expect(one.name).toMatch(/_FILE$/);
  });

  it('leaves room above the heap limit that Node chooses in such a container', () => {
    const { requests, limits } = app.resources;
    expect(requests.memory).toBe(limits.memory);
    const recorded = readFileSync('src/content/labs/oom/memory-limits/recorded/node-24.txt', 'utf8');
    const mib = Number(/^(\d+)Mi$/.exec(`${limits.memory}`)?.[1]);
    const heap = Number(new RegExp(`MemoryMax=${mib}M \\S+ \\S+ node -p .*\\n([\\d.]+)`).exec(recorded)?.[1]);
    expect(heap).toBeGreaterThan(0);
    expect(heap).toBeLessThan(mib);
  });
});
