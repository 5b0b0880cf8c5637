import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { OrderAttentionAttribute, OrderStatusAttribute } from '#libs/contracts/workflows/order-workflow';
import { groupsNamed } from '#libs/config/environment';
import { readSettings, variablesOf } from '#libs/config/settings';

import { LOCAL_GROUPS } from '../dev/stack/local-settings.js';
import { PROGRAM_GROUPS } from './support/program-groups.js';

const VARIABLES = variablesOf(LOCAL_GROUPS);

/** What each service waits for, and until when. */
const ORDER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  api: { migrate: 'service_completed_successfully' },
  worker: {
    migrate: 'service_completed_successfully',
    'temporal-namespace': 'service_completed_successfully',
  },
  migrate: { 'postgres-roles': 'service_completed_successfully' },
  'postgres-roles': { postgres: 'service_healthy' },
  'temporal-schema': { 'postgres-roles': 'service_completed_successfully' },
  temporal: { 'temporal-schema': 'service_completed_successfully' },
  'temporal-namespace': { temporal: 'service_healthy' },
  'temporal-ui': { temporal: 'service_healthy' },
};

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  pull_policy: z.string().optional(),
  restart: z.string(),
  user: z.string().optional(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  mem_limit: z.string(),
  stop_grace_period: z.string().default('10s'),
  env_file: z.array(z.object({ path: z.string(), required: z.boolean() })).default([]),
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

const seconds = (text: string) => Number(/^(\d+)s$/.exec(text)?.[1]);

const ONLY_WHAT_IS_REQUIRED = {
  CARRIER_SECRET: `whsec_${'c2VjcmV0'.repeat(5)}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${'5ec4e7'.repeat(8)}`,
};

describe.each(Object.entries(PROGRAM_GROUPS))('the %s of docker-compose.yml', (name, groups) => {
  it('is given only variables that it reads', () => {
    for (const [variable, value] of Object.entries(service(name).environment)) {
      if (value !== '') expect(groups, variable).toContain(VARIABLES[variable]?.group);
    }
  });

  it('does not get the passwords of the others from .env', () => {
    const { environment } = service(name);
    for (const part of ['POSTGRES', 'ORDERS_OWNER', 'ORDERS', 'TEMPORAL'])
      expect(environment[`${part}_PASSWORD`], part).toBe('');
    if (name === 'sandbox') expect(environment['STRIPE_SECRET_KEY']).toBe('');
  });

  it('is given every variable that it needs, with a value that it takes', () => {
    const read = Object.fromEntries(groups.map((group) => [group, LOCAL_GROUPS[group]]));
    expect(() => readSettings(read, environmentOf(name, ONLY_WHAT_IS_REQUIRED))).not.toThrow();
  });

  it('is passed every other line of .env', () => {
    expect(service(name).env_file).toEqual([{ path: '.env', required: false }]);
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
      [...Object.keys(PROGRAM_GROUPS), ...Object.keys(ORDER), 'mail', 'postgres']
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

  it('has a health check for each part that another waits for, and for API and worker', () => {
    const awaited = Object.values(ORDER).flatMap((waits) =>
      Object.keys(waits).filter((other) => waits[other] === 'service_healthy'),
    );
    for (const name of [...awaited, 'api', 'worker']) expect(service(name).healthcheck, name).toBeDefined();
  });

  it('builds the image once, and takes it from no registry', () => {
    const built = Object.values(services).filter(({ build }) => build !== undefined);
    expect(built.map(({ build, image }) => [build?.target, image])).toEqual([
      ['production', 'order-processing:local'],
      ['sandbox', 'order-processing-sandbox:local'],
    ]);
    for (const { image, pull_policy } of Object.values(services)) {
      if (image.endsWith(':local')) expect(pull_policy).toBe('never');
    }
  });

  it('gives each part as few rights as it works with, and bounds its memory and its log', () => {
    // It writes its own configuration when it starts.
    const writes = ['temporal-ui'];
    // Hundreds of connections, and the history of all orders.
    const large = ['postgres', 'temporal'];
    for (const [name, part] of Object.entries(services)) {
      expect(part.read_only, name).toBe(!writes.includes(name));
      expect(part.cap_drop, name).toEqual(['ALL']);
      expect(part.security_opt, name).toEqual(['no-new-privileges:true']);
      expect(part.logging.options, name).toMatchObject({ 'max-size': '10m', 'max-file': '5' });
      expect(part.mem_limit, name).toBe(large.includes(name) ? '1g' : '512m');
    }
    expect(service('postgres').user).toMatch(/^\d+:\d+$/);
  });

  it('starts a part that ended again, and what runs once only after a failure', () => {
    for (const [name, { restart }] of Object.entries(services)) {
      const once = ['migrate', 'postgres-roles', 'temporal-schema', 'temporal-namespace'].includes(name);
      expect(restart, name).toBe(once ? 'on-failure:5' : 'unless-stopped');
    }
  });

  it('lets each part stop by itself before it is killed', () => {
    const { api, worker } = readSettings({ ...groupsNamed(['api', 'worker']) }, {});
    // What docs/database.md says each needs after the first signal.
    expect(seconds(service('api').stop_grace_period)).toBeGreaterThan(api.DRAIN_DELAY / 1_000 + 30);
    expect(seconds(service('worker').stop_grace_period)).toBeGreaterThan(worker.SHUTDOWN_GRACE / 1_000 + 8);
    expect(seconds(service('postgres').stop_grace_period)).toBeGreaterThanOrEqual(60);
  });

  it('finds the parts of Temporal again after a restart: they are in one container, whose address changes', () => {
    expect(service('temporal').environment['TEMPORAL_BROADCAST_ADDRESS']).toBe('127.0.0.1');
  });

  it('is reached from this machine only', () => {
    for (const port of Object.values(services).flatMap(({ ports }) => ports)) {
      expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  it('pins the version of each image', () => {
    for (const [name, { image }] of Object.entries(services)) {
      if (!image.endsWith(':local')) expect(image, name).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
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
    expect(service('postgres').volumes).toContain('postgres:/var/lib/postgresql');
    expect(service('temporal').environment).toMatchObject({
      DB: 'postgres12_pgx',
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
    });
    expect(service('temporal-schema').command?.join()).toMatch(
      /prepare temporal .*prepare temporal_visibility /s,
    );
  });

  it('has a role for each use of the database, and the superuser for none', () => {
    const passwords = {
      POSTGRES_PASSWORD: 'super1',
      ORDERS_OWNER_PASSWORD: 'owner1',
      ORDERS_PASSWORD: 'rows1',
      TEMPORAL_PASSWORD: 'temporal1',
    };
    const set = { ...ONLY_WHAT_IS_REQUIRED, ...passwords };
    const { POSTGRES_PASSWORD, ...roles } = passwords;
    expect(environmentOf('postgres', set)).toMatchObject({ POSTGRES_PASSWORD });
    expect(environmentOf('postgres-roles', set)).toMatchObject({ PGPASSWORD: POSTGRES_PASSWORD, ...roles });
    expect(environmentOf('migrate', set)['DATABASE_URL']).toContain('//orders_owner:owner1@');
    for (const name of ['api', 'worker'])
      expect(environmentOf(name, set)['DATABASE_URL']).toContain('//orders:rows1@');
    expect(environmentOf('temporal', set)).toMatchObject({
      POSTGRES_USER: 'temporal',
      POSTGRES_PWD: 'temporal1',
    });
    expect(environmentOf('temporal-schema', set)).toMatchObject({
      SQL_USER: 'temporal',
      SQL_PASSWORD: 'temporal1',
    });
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
