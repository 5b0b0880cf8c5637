import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';

import { PAYMENT_SECRET } from '../../dev/sandbox/test-sandbox.js';

import { Bench } from '../integration/bench.js';
import { Collector } from './collector.js';
import { CATALOGUE } from './orders.js';
import { checkSecrecy } from './secrecy.js';
import { System, type SystemOptions } from './system.js';

/** The rows that exist before any test: keys, what migrations have made, and the states of the lost-run look and of the stream. */
const KEPT = ['_prisma_migrations', 'api_key', 'run_look', 'event_stream'];

/** Each is started once for all files that this process runs, as that takes seconds, and ends with the process. */
const started: { api?: Promise<System>; system?: Promise<System> } = {};

/**
 * An API that has no worker, and the store on its database, whose payments no gateway knows. Each file finds a database
 * with the catalogue alone, and is checked after its last test.
 */
export function useSharedApi(opened: (system: System, bench: Bench) => void): void {
  let shared: { readonly system: System; readonly bench: Bench } | undefined;
  beforeAll(async () => {
    const system = await (started.api ??= System.start({ worker: false, booksDiffer: true }));
    await empty(system.databaseUrl);
    await system.store.catalogue.seed(CATALOGUE);
    system.log.length = 0;
    const bench = Bench.on(system.databaseUrl);
    shared = { system, bench };
    opened(system, bench);
  });
  afterAll(async () => {
    try {
      if (shared) await check(shared.system);
    } finally {
      await shared?.bench.end();
    }
  });
}

/** Signs the payment provider's events, beside `PAYMENT_SECRET`. */
export const NEXT_PAYMENT_SECRET = 'whsec_the_one_that_comes_next';
const SHARED: SystemOptions = {
  env: {
    DECLINE_WINDOW: '1m',
    RETRY_ATTEMPTS: '2',
    LOST_RUN_INTERVAL: '3s',
    STRIPE_WEBHOOK_SECRET: `${PAYMENT_SECRET},${NEXT_PAYMENT_SECRET}`,
  },
};

/**
 * An API and a worker, where another card may be tried for a minute, a step parks after two attempts, and parcels move
 * only by hand; its traces are collected. Each file finds the rows of earlier files, counts only its own, and is checked after its last test.
 */
export function useSharedSystem(opened: (system: System) => void): void {
  let system: System | undefined;
  beforeAll(async () => {
    system = await (started.system ??= startShared());
    opened(system);
  });
  afterAll(async () => {
    if (system) await check(system);
  });
}

async function startShared(): Promise<System> {
  return System.start({ ...SHARED, collector: await Collector.open() });
}

/** @throws Error when the data that a file left behind breaks an invariant, or has personal data in a wrong place */
async function check(system: System): Promise<void> {
  await fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  await system.checkInvariants();
  await checkSecrecy(system);
}

/** Empties tables from which the service itself may not delete. */
async function empty(databaseUrl: string): Promise<void> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query<{ names: string }>(
      `SELECT string_agg(quote_ident(tablename), ', ') AS names FROM pg_tables
       WHERE schemaname = 'public' AND tablename <> ALL ($1)`,
      [KEPT],
    );
    await database.query(`DELETE FROM api_key WHERE service <> 'shop'`);
    await database.query('SET session_replication_role = replica');
    await database.query(`TRUNCATE ${rows[0]?.names}`);
  } finally {
    await database.end();
  }
}
