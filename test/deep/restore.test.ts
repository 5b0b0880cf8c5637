import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OrderView } from '#libs/contracts/http/order-view.api';
import { orderId } from '#libs/domain/order/order-id';

import { play } from '../../dev/sandbox/test-gateway.js';
import { shipments } from '../../dev/sandbox/test-sandbox.js';
import { reconcileNow } from '../../apps/worker/reconciliation/reconcile-schedule.js';
import { eventually } from '../support/eventually.js';
import { checkAtRest } from '../support/invariants.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { OwnDevServer } from '../support/own-temporal.js';
import { System } from '../support/system.js';

const HOUR = 3_600_000;
const AWAY = { payment: { method: 'pm_card_authenticationRequired' } };

const isLabelled = ({ fulfilment }: OrderView) => fulfilment === 'ready';

describe('a database that is restored from a backup, beside the other one’s present', () => {
  let postgres: OwnPostgres;
  let temporal: OwnDevServer;
  let system: System;
  beforeAll(async () => {
    [postgres, temporal] = await Promise.all([OwnPostgres.start(), OwnDevServer.launch()]);
    system = await System.start({ databaseUrl: postgres.url, temporal });
  });
  afterAll(async () => {
    await system.close();
    await Promise.all([postgres.stop(), temporal.stop()]);
  });

  /** Waits until its run has nothing left to do. */
  const ended = async (id: string, status: string) =>
    eventually(
      () => system.store.orders.get(orderId(id)),
      (order) => order.status === status && order.closedAt !== null,
    );
  const labelled = async () => system.until((await system.place()).id, isLabelled);
  /** An order whose shopper has left the page of the bank. */
  const unpaid = async () =>
    system.until((await system.place(AWAY)).id, ({ payment }) => payment === 'requires_action');
  async function pay(id: string): Promise<void> {
    const [intent] = await system.intents(id);
    await play(system.sandbox, `/payment-intents/${intent?.id}/shopper`, { does: 'authenticate' });
    await system.until(id, isLabelled);
  }
  async function deliver(id: string): Promise<void> {
    await system.carrierSays(id, 'picked_up');
    await system.carrierSays(id, 'delivered');
    await ended(id, 'delivered');
  }
  const parcelOf = async (id: string) =>
    (await shipments(system.sandbox)).find(({ reference }) => reference === id);
  const runOf = async (id: string) => {
    const found = await system.client.workflow.getHandle(`order-${id}`).describe();
    return found.status.name;
  };
  const open = async () => system.store.discrepancies.list({ state: 'open', limit: 100 });
  const reconcile = () => reconcileNow(system.client, { since: Date.now() - HOUR, minimumAge: 0 }, 60_000);

  /** As docs/operations.md has it: everything is stopped, one database put back, and the runs are made anew. */
  async function restore(database: OwnPostgres | OwnDevServer): Promise<void> {
    await Promise.all([system.stop('api'), system.stop('worker')]);
    await database.restore();
    const file = fileURLToPath(new URL('../../dist/apps/worker/restored.js', import.meta.url));
    const command = spawn(process.execPath, [file], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], ...system.environment },
    });
    const [said, [code]] = await Promise.all([text(command.stderr), once(command, 'exit')]);
    expect({ said, code }).toEqual({ said: '', code: 0 });
    await Promise.all([system.startApi(), system.startWorker()]);
  }

  it('leaves no order without an end or an attention where PostgreSQL is older, and charges none twice', async () => {
    const [onItsWay, cancelled, paidLater] = await Promise.all([labelled(), labelled(), unpaid()]);
    await postgres.backUp();

    await Promise.all([deliver(onItsWay.id), pay(paidLater.id)]);
    await system.shop.POST('/orders/{id}/cancellation', { params: { path: { id: cancelled.id } } });
    await ended(cancelled.id, 'cancelled');
    const [lost, lostUnpaid, lostDelivered] = await Promise.all([labelled(), unpaid(), labelled()]);
    await deliver(lostDelivered.id);
    await restore(postgres);
    await reconcile();

    // The carrier is asked where its parcel is, and Stripe what became of the payment.
    await ended(onItsWay.id, 'delivered');
    await system.until(paidLater.id, isLabelled);
    await deliver(paidLater.id);
    const { attention } = await system.until(cancelled.id, (order) => order.attention.length > 0);
    expect(attention).toMatchObject([{ kind: 'discrepancy', reason: 'unknown_refund' }]);

    // Nothing can bring back an order whose row is lost.
    for (const { id } of [lost, lostUnpaid, lostDelivered])
      expect(await system.store.orders.find(orderId(id))).toBeNull();
    expect(await Promise.all([runOf(lost.id), runOf(lostUnpaid.id)])).toEqual(['TERMINATED', 'TERMINATED']);
    expect([await parcelOf(lost.id), await parcelOf(lostDelivered.id)]).toMatchObject([
      { status: 'cancelled' },
      { status: 'delivered' },
    ]);
    expect(await system.intents(lostUnpaid.id)).toMatchObject([{ status: 'canceled' }]);
    const intents = (await Promise.all([lost, lostDelivered].map(({ id }) => system.intents(id)))).flat();
    const money = (await open()).filter(({ kind }) => kind === 'unknown_order');
    expect(money.map(({ objectId, found, currency }) => ({ objectId, found, currency }))).toEqual(
      expect.arrayContaining(
        intents.map(({ id, amount }) => ({ objectId: id, found: amount, currency: 'EUR' })),
      ),
    );
    expect(money).toHaveLength(2);
    const charged = [onItsWay, cancelled, paidLater, lost, lostDelivered].map(({ id }) => [id, 1]);
    expect(await system.charges()).toEqual(Object.fromEntries(charged));

    for (const { id } of intents) await system.stripe.refunds.create({ payment_intent: id });
    await reconcile();
    expect((await open()).map(({ kind }) => kind)).toEqual(['unknown_refund']);
    await checkAtRest(postgres.url);
  });

  it('leaves no order without an end where Temporal is older, and charges none twice', async () => {
    const [onItsWay, paidLater] = await Promise.all([labelled(), unpaid()]);
    await temporal.backUp();

    await Promise.all([deliver(onItsWay.id), pay(paidLater.id)]);
    const placedLater = await labelled();
    await restore(temporal);

    await Promise.all([deliver(paidLater.id), deliver(placedLater.id)]);
    // Its run waits for the delivery of an order that has ended.
    expect(await runOf(onItsWay.id)).toBe('RUNNING');
    await eventually(
      async () => {
        await reconcile();
        return runOf(onItsWay.id);
      },
      (status) => status === 'TERMINATED',
    );
    const charges = await system.charges();
    expect([onItsWay, paidLater, placedLater].map(({ id }) => charges[id])).toEqual([1, 1, 1]);
    await checkAtRest(postgres.url);
  });
});
