import { randomUUID } from 'node:crypto';

import pg from 'pg';
import Stripe from 'stripe';
import { Webhook } from 'standardwebhooks';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { CARRIER_SECRET, PAYMENT_SECRET } from '../../dev/sandbox/test-sandbox.js';
import { eventually } from '../support/eventually.js';
import { testDatabase } from '../support/test-database.js';
import { withSystem } from '../support/use-system.js';

const NEXT_CARRIER_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NEXT_PAYMENT_SECRET = 'whsec_the_next_one';

/** The steps of docs/operations.md, each while orders are taken. */
describe('a secret that is replaced', () => {
  it('is accepted beside the new one: what the carrier and Stripe sign with, and API keys', async () => {
    const env = {
      CARRIER_SECRET: `${CARRIER_SECRET},${NEXT_CARRIER_SECRET}`,
      STRIPE_WEBHOOK_SECRET: `${PAYMENT_SECRET},${NEXT_PAYMENT_SECRET}`,
    };
    await withSystem({ worker: false, env }, async (system) => {
      const api = supertest(system.url);
      const deliver = (secret: string) => {
        const [id, at] = [randomUUID(), new Date()];
        const body = JSON.stringify({
          type: 'shipment.picked_up',
          trackingNumber: 'SBX1',
          occurredAt: at.toISOString(),
        });
        return api
          .post('/webhooks/deliveries')
          .set('Content-Type', 'application/json')
          .set('webhook-id', id)
          .set('webhook-timestamp', String(Math.floor(at.getTime() / 1_000)))
          .set('webhook-signature', new Webhook(secret).sign(id, at, body))
          .send(body);
      };
      const report = (secret: string) => {
        const object = { id: `pi_${randomUUID()}`, object: 'payment_intent' };
        const payload = JSON.stringify({
          id: `evt_${randomUUID()}`,
          object: 'event',
          type: 'payment_intent.succeeded',
          created: Math.floor(Date.now() / 1_000),
          livemode: false,
          data: { object },
        });
        const header = new Stripe('sk_test_1').webhooks.generateTestHeaderString({ payload, secret });
        return api
          .post('/webhooks/stripe')
          .set('Content-Type', 'application/json')
          .set('Stripe-Signature', header)
          .send(payload);
      };
      for (const secret of [CARRIER_SECRET, NEXT_CARRIER_SECRET]) await deliver(secret).expect(202);
      await deliver(`whsec_${Buffer.alloc(32, 8).toString('base64')}`).expect(401);
      for (const secret of [PAYMENT_SECRET, NEXT_PAYMENT_SECRET])
        expect((await report(secret)).status).toBeLessThan(300);
      await report('whsec_a_third_one').expect(401);

      const place = (key: string) =>
        api
          .post('/orders')
          .set('Authorization', `Bearer ${key}`)
          .set('Idempotency-Key', randomUUID())
          .send(system.body());
      const next = await system.store.apiKeys.create('shop', ['write']);
      const [, former] = (await system.store.apiKeys.list()).toReversed();
      await place(next).expect(202);
      await place(system.key).expect(202);
      await system.store.apiKeys.revoke(former?.id ?? '');
      await eventually(
        () => place(system.key),
        ({ status }) => status === 401,
      );
      await place(next).expect(202);
    });
  });

  it('is that of the database: a second role takes over, one process after the other', async () => {
    const databaseUrl = await testDatabase();
    const admin = new pg.Client({ connectionString: databaseUrl });
    await admin.connect();
    const name = new URL(databaseUrl).pathname.slice(1);
    const [former, next] = [`${name}_a`, `${name}_b`];
    const urlOf = (role: string) => {
      const url = new URL(databaseUrl);
      [url.username, url.password] = [role, role];
      return url.href;
    };
    try {
      await admin.query(`
        CREATE ROLE ${former} LOGIN PASSWORD '${former}';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${former};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${former};`);
      const env = { DATABASE_URL: urlOf(former) };
      await withSystem({ databaseUrl, deliveryAfter: 200, env }, async (system) => {
        const first = await system.place();
        await admin.query(`CREATE ROLE ${next} LOGIN PASSWORD '${next}' IN ROLE ${former}`);
        const placed = [first.id];
        for (const program of ['worker', 'api'] as const) {
          await system.stop(program);
          const renewed = { DATABASE_URL: urlOf(next) };
          await (program === 'api' ? system.startApi(renewed) : system.startWorker(renewed));
          placed.push((await system.place()).id);
        }
        await admin.query(`ALTER ROLE ${former} NOLOGIN`);
        const { rows } = await admin.query('SELECT 1 FROM pg_stat_activity WHERE usename = $1', [former]);
        expect(rows).toEqual([]);
        placed.push((await system.place()).id);
        for (const id of placed) await system.until(id, ({ status }) => status === 'delivered');
        await eventually(
          () => system.store.orders.list({ limit: 10 }),
          (orders) => orders.every(({ closedAt }) => closedAt !== null),
        );
      });
    } finally {
      await admin.query(`DROP OWNED BY ${next}, ${former}; DROP ROLE ${next}, ${former}`);
      await admin.end();
    }
  });
});
