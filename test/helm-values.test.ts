import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { groupsNamed } from '#libs/config/environment';
import { variablesOf } from '#libs/config/settings';

const CHART = 'deploy/helm/order-processing';
const text = (file: string) => readFileSync(`${CHART}/${file}`, 'utf8');

/** The variables that the programs of the chart read. */
const VARIABLES = variablesOf(
  groupsNamed([
    'store',
    'temporal',
    'deployment',
    'payments',
    'paymentWebhooks',
    'carrier',
    'carrierWebhooks',
    'outgoingWebhooks',
    'mail',
    'providers',
    'migration',
    'api',
    'console',
    'pricing',
    'policy',
    'worker',
    'providerRates',
    'reconciliation',
    'metrics',
    'traces',
    'logs',
  ]),
);
const SECRETS = [
  'DATABASE_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'CARRIER_SECRET',
  'SMTP_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'CONSOLE_OIDC_CLIENT_SECRET',
  'WEBHOOK_SECRET_KEY',
];
/** What the chart sets from other values, or the image. */
const OF_THE_CHART =
  /^(NODE_ENV|TEMPORAL_\w+|API_HOST|API_PORT|METRICS_HOST|METRICS_PORT|API_METRICS_PORT|WORKER_TASK_QUEUES)$/;

describe('the values of the Helm chart', () => {
  it('take every setting that is no secret and is not set by the chart, and no other', () => {
    const schema = z
      .object({
        properties: z.object({ config: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
      })
      .parse(JSON.parse(text('values.schema.json')));
    const settings = Object.keys(VARIABLES).filter(
      (name) => !SECRETS.includes(name) && !OF_THE_CHART.test(name),
    );
    expect(Object.keys(schema.properties.config.properties).sort()).toEqual(settings.sort());
  });

  it('are all in the table of its README', () => {
    const values: unknown = parse(text('values.yaml'));
    const documented = [...text('README.md').matchAll(/^\| `([\w.]+)`/gm)].map(([, name = '']) => name);
    const isDocumented = (path: string) =>
      documented.some((name) => path === name || path.startsWith(`${name}.`));
    expect(pathsOf(values).filter((path) => !isDocumented(path))).toEqual([]);
    expect(documented.filter((name) => !has(values, name.split('.')))).toEqual([]);
  });
});

describe('the templates of the Helm chart', () => {
  const files = readdirSync(`${CHART}/templates`);
  const all = files.map((file) => text(`templates/${file}`)).join('\n');

  it('set only variables that a program reads', () => {
    const set = [
      ...all.matchAll(/\bname: ([A-Z][A-Z_]+)(?:,|$)/gm),
      ...all.matchAll(/"([A-Z]+_[A-Z_]+)" \$/g),
    ];
    const names = [...new Set(set.map(([, name = '']) => name))];
    expect(names).toEqual(
      expect.arrayContaining(['TEMPORAL_WORKER_BUILD_ID', 'WORKER_TASK_QUEUES', 'DATABASE_URL']),
    );
    expect(names.filter((name) => VARIABLES[name] === undefined)).toEqual([]);
  });

  it('use only values that there are', () => {
    const values: unknown = parse(text('values.yaml'));
    const used = [...all.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path);
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((path) => !path.startsWith('config') && !has(values, path.split('.')))).toEqual([]);
  });

  it('run every program in the same confinement', () => {
    for (const program of ['api', 'workers', 'migrate']) {
      const template = text(`templates/${program}.yaml`);
      expect(template).toContain('include "order-processing.pod"');
      expect(template).toContain('include "order-processing.container"');
    }
    expect(parse(text('values.yaml'))).toMatchObject({
      podSecurityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
  });
});

describe('the files of the Helm chart', () => {
  it.each([
    ['order-processing.rules.yml', 'deploy/prometheus/order-processing.rules.yml'],
    ['dashboards', 'deploy/grafana'],
  ])('have no copy of %s, but lead to the one there is', (link, target) => {
    expect(lstatSync(`${CHART}/files/${link}`).isSymbolicLink()).toBe(true);
    expect(realpathSync(`${CHART}/files/${link}`)).toBe(realpathSync(target));
  });

  it('name an image that the programs of its version are in', () => {
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(parse(text('Chart.yaml'))).toMatchObject({ appVersion: version });
    for (const program of ['apps/api/main', 'apps/worker/main', 'prisma/migrate'])
      expect(existsSync(`${program}.ts`), program).toBe(true);
  });
});

/** The paths to what is no group of values. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [path]
    : entries.flatMap(([key, each]) => pathsOf(each, path ? `${path}.${key}` : key));
}

function has(value: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (typeof value !== 'object' || value === null || !(first in value)) return false;
  return has(Object.getOwnPropertyDescriptor(value, first)?.value, rest);
}
