import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runChild } from '../../dev/stack/processes/child.js';
import { limitRole, PgBouncer } from '../support/pgbouncer.js';
import { withSystem } from '../support/use-system.js';
import { testDatabase } from '../support/test-database.js';

const LIMITS = { statement_timeout: '5s', lock_timeout: '2s', idle_in_transaction_session_timeout: '10s' };

/** Runs a program of ours that must not start. @returns its output */
async function refusal(
  program: string,
  databaseUrl: string,
  { env = {}, args = [] }: { env?: NodeJS.ProcessEnv; args?: readonly string[] } = {},
): Promise<string> {
  const lines: string[] = [];
  await runChild({
    name: program,
    command: process.execPath,
    args: [`dist/${program}.js`, ...args],
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, ...env },
    onLine: (line) => lines.push(line),
    codes: [1],
  });
  return lines.join('\n');
}

describe('PgBouncer in transaction mode', () => {
  let databaseUrl: string;
  let bouncer: PgBouncer;
  beforeAll(async () => {
    databaseUrl = await testDatabase();
    bouncer = await PgBouncer.before(databaseUrl);
  });
  afterAll(async () => {
    await bouncer.stop();
  });

  it('is refused at the start while nothing limits what waits behind it, with what to set', async () => {
    const { pathname } = new URL(databaseUrl);
    const said = await refusal('apps/api/main', bouncer.url, {
      env: {
        STRIPE_SECRET_KEY: 'sk_test_service',
        STRIPE_WEBHOOK_SECRET: 'whsec_5ec4e7',
        CARRIER_SECRET: `whsec_${'c2VjcmV0'.repeat(5)}`,
      },
    });
    expect(said).toContain('connection pooler such as PgBouncer');
    for (const name of Object.keys(LIMITS))
      expect(said).toContain(`ALTER ROLE orders IN DATABASE ${pathname.slice(1)} SET ${name} = '`);
  });

  it('is refused by commands, in the same words', async () => {
    expect(await refusal('apps/api/keys', bouncer.url, { args: ['list'] })).toContain('ALTER ROLE orders');
  });

  it('is refused by migrations, which need one session', async () => {
    expect(await refusal('prisma/migrate', bouncer.url)).toContain('Migrations need PostgreSQL itself');
  });

  it('processes 30 orders to their end once the role is limited', async () => {
    await limitRole(databaseUrl, LIMITS);
    const limited = await PgBouncer.before(databaseUrl);
    try {
      const env = { DATABASE_URL: limited.url };
      await withSystem({ databaseUrl, deliveryAfter: 300, env }, async (system) => {
        const placed = await Promise.all(Array.from({ length: 30 }, () => system.place()));
        await Promise.all(
          placed.map(({ id }) => system.until(id, ({ status }) => status === 'delivered', 60_000)),
        );
        // Transactions of several statements, too.
        expect((await system.http.get('/orders?limit=30')).body.data).toHaveLength(30);
      });
    } finally {
      await limited.stop();
    }
  }, 120_000);
});
