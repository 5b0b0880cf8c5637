import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { OrderAttentionAttribute, OrderStatusAttribute } from '#libs/contracts/workflows/order-workflow';
import { readSettings, variablesOf } from '#libs/config/settings';

import { LOCAL_GROUPS } from '../dev/stack/local-settings.js';

type GroupName = keyof typeof LOCAL_GROUPS;

const VARIABLES = variablesOf(LOCAL_GROUPS);

/** Which groups of variables each of our programs reads. */
const PROGRAMS: Readonly<Record<string, readonly GroupName[]>> = {
  api: [
    'store',
    'temporal',
    'payments',
    'paymentWebhooks',
    'providers',
    'carrierWebhooks',
    'api',
    'pricing',
    'policy',
    'logs',
  ],
  worker: [
    'store',
    'temporal',
    'payments',
    'carrier',
    'mail',
    'providers',
    'worker',
    'reconciliation',
    'metrics',
    'logs',
  ],
  sandbox: ['sandbox', 'paymentWebhooks', 'carrierWebhooks', 'logs'],
  migrate: ['store', 'migration'],
};

/** What each service waits for, and until when. */
const ORDER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  api: { migrate: 'service_completed_successfully' },
  worker: {
    migrate: 'service_completed_successfully',
    'temporal-namespace': 'service_completed_successfully',
  },
  migrate: { postgres: 'service_healthy' },
  'temporal-schema': { postgres: 'service_healthy' },
  temporal: { 'temporal-schema': 'service_completed_successfully' },
  'temporal-namespace': { temporal: 'service_healthy' },
  'temporal-ui': { temporal: 'service_healthy' },
};

const serviceSchema = z.object({
  image: z.string(),
  build: z.union([z.string(), z.object({ target: z.string() })]).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});

const { services } = z
  .object({ services: z.record(z.string(), serviceSchema) })
  .parse(parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }));

function service(name: string): z.output<typeof serviceSchema> {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** What a service gets from Compose where only the variables in `set` are set outside. */
function environmentOf(name: string, set: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(service(name).environment).map(([variable, template]) => [
    variable,
    // Without a value, it is what it is outside.
    template === null ? (set[variable] ?? '') : interpolate(template, set),
  ]);
  return Object.fromEntries(entries);
}

/** `${NAME:-default}` and `${NAME:?why it is needed}`, the two forms the file uses. */
function interpolate(template: string, set: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, variable: string, form: string, rest: string) => {
    const value = set[variable];
    if (value) return value;
    if (form === '?') throw new Error(`${variable} ${rest}`);
    return rest;
  });
}

const ONLY_WHAT_IS_REQUIRED = {
  CARRIER_SECRET: `whsec_${'c2VjcmV0'.repeat(5)}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${'5ec4e7'.repeat(8)}`,
};

describe.each(Object.entries(PROGRAMS))('the %s of docker-compose.yml', (name, groups) => {
  it('is given only variables that it reads', () => {
    for (const variable of Object.keys(service(name).environment)) {
      expect(groups, variable).toContain(VARIABLES[variable]?.group);
    }
  });

  it('is given every variable that it needs, with a value that it takes', () => {
    const read = Object.fromEntries(groups.map((group) => [group, LOCAL_GROUPS[group]]));
    expect(() => readSettings(read, environmentOf(name, ONLY_WHAT_IS_REQUIRED))).not.toThrow();
  });

  it('runs a program that the build makes', () => {
    const [node, program] = service(name).command ?? [];
    expect(node).toBe('node');
    expect(program).toMatch(/^dist\/.*\.js$/);
    expect(existsSync(`${program?.slice('dist/'.length, -'.js'.length)}.ts`), program).toBe(true);
  });
});

describe('docker-compose.yml', () => {
  it('has the production shape', () => {
    expect(Object.keys(services).sort()).toEqual(
      [...Object.keys(PROGRAMS), ...Object.keys(ORDER), 'mail', 'postgres']
        .filter((name, index, all) => all.indexOf(name) === index)
        .sort(),
    );
  });

  it('starts each part when what it needs is there', () => {
    for (const [name, { depends_on }] of Object.entries(services)) {
      const waits = Object.entries(depends_on).map(([other, { condition }]) => [other, condition]);
      expect(Object.fromEntries(waits), name).toEqual(ORDER[name] ?? {});
    }
  });

  it('has a health check for each part that another waits for, and for the API', () => {
    const awaited = Object.values(ORDER).flatMap((waits) =>
      Object.keys(waits).filter((other) => waits[other] === 'service_healthy'),
    );
    for (const name of [...awaited, 'api']) expect(service(name).healthcheck, name).toBeDefined();
  });

  it('is reached from this machine only', () => {
    for (const port of Object.values(services).flatMap(({ ports }) => ports)) {
      expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  it('pins the version of each image', () => {
    for (const [name, { image, build }] of Object.entries(services)) {
      if (build === undefined) expect(image, name).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    }
  });

  it.each([
    ['CARRIER_SECRET', 'openssl rand -base64 32'],
    ['STRIPE_WEBHOOK_SECRET', 'openssl rand -hex 24'],
  ])('contains no %s, and says how to make one', (name, how) => {
    expect(() => environmentOf('api', { ...ONLY_WHAT_IS_REQUIRED, [name]: '' })).toThrow(how);
  });

  it('keeps the orders and Temporal in databases of their own, on one PostgreSQL', () => {
    const { DATABASE_URL } = environmentOf('api', ONLY_WHAT_IS_REQUIRED);
    expect(new URL(DATABASE_URL ?? '')).toMatchObject({ hostname: 'postgres', pathname: '/orders' });
    expect(service('postgres').image).toMatch(/^postgres:18\./);
    expect(service('postgres').environment['POSTGRES_DB']).toBe('orders');
    expect(service('postgres').volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(service('temporal').environment).toMatchObject({
      DB: 'postgres12_pgx',
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
    });
    expect(service('temporal-schema').command?.join()).toMatch(
      /prepare temporal .*prepare temporal_visibility /s,
    );
  });

  it('gives every part the same password', () => {
    const set = { ...ONLY_WHAT_IS_REQUIRED, POSTGRES_PASSWORD: 'another1' };
    expect(environmentOf('migrate', set)['DATABASE_URL']).toContain(':another1@');
    expect(environmentOf('postgres', set)['POSTGRES_PASSWORD']).toBe('another1');
    expect(environmentOf('temporal', set)['POSTGRES_PWD']).toBe('another1');
    expect(environmentOf('temporal-schema', set)['SQL_PASSWORD']).toBe('another1');
  });

  it('makes the namespace and the search attributes that the programs use', () => {
    const script = service('temporal-namespace').command?.join();
    const { TEMPORAL_NAMESPACE } = environmentOf('worker', ONLY_WHAT_IS_REQUIRED);
    expect(script).toContain(`namespace create --namespace ${TEMPORAL_NAMESPACE} `);
    for (const { name } of [OrderStatusAttribute, OrderAttentionAttribute]) {
      expect(script).toContain(`--name ${name} --type Keyword`);
    }
  });
});

describe('the image', () => {
  const stages = readFileSync('Dockerfile', 'utf8')
    .split(/^FROM /m)
    .slice(1);
  const stageOf = (name: string) => {
    const stage = stages.find((text) => text.split('\n', 1)[0]?.endsWith(` AS ${name}`));
    if (!stage) throw new Error(`the Dockerfile has no stage ${name}`);
    return stage;
  };

  it('is built apart from what it runs, on the Node that the project wants', () => {
    for (const name of ['build', 'runtime']) expect(stageOf(name)).toMatch(/^node:20\.20-bookworm-slim AS /);
    for (const name of ['production', 'sandbox']) expect(stageOf(name)).toMatch(/^runtime AS /);
    expect(stageOf('production')).toBe(stages.at(-1));
  });

  it('runs as an unprivileged user', () => {
    expect(stageOf('runtime')).toMatch(/^ENV NODE_ENV=production$/m);
    for (const name of ['production', 'sandbox']) expect(stageOf(name)).toMatch(/^USER node$/m);
  });

  it('has no development settings in production', () => {
    for (const name of ['runtime', 'production']) {
      expect(stageOf(name)).not.toMatch(/dist\/dev|\bdist dist\b/);
    }
  });

  it('contains only the files that are named', () => {
    const [first] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(readFileSync('.dockerignore', 'utf8')).not.toMatch(/^!.*(\.env|\.data|node_modules)/m);
  });
});
