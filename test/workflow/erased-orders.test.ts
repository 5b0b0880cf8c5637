import { v7 as uuid } from 'uuid';
import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import { acceptOrder, emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('a run that continues although its person was erased, because it was acknowledged as lost', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  async function erase(id: OrderId): Promise<string> {
    const { attention, orders, erasures } = shop.store;
    await attention.flagClosedRun(await orders.get(id), 'terminated');
    const order = await orders.get(id);
    const flag = order.attention.find(({ kind }) => kind === 'run_closed')?.id ?? '';
    const by = 'service:operator';
    await attention.resolve(order, flag, { action: 'acknowledge', note: null, by });
    const email = emailOf(order);
    expect(await erasures.erase({ email }, { id: uuid(), requestedBy: by }, null)).toMatchObject({
      orders: 1,
    });
    return email;
  }
  const trail = async (id: OrderId) =>
    (await shop.store.orders.events(id)).map(({ type, changes }) => ({ type, changes }));

  /** Waits for the confirmation email, which is sent beside the other steps. */
  const confirmed = (id: OrderId) =>
    eventually(
      () => shop.eventTypes(id),
      (types) => types.includes('email.sent'),
    );

  it('does not begin', async () => {
    const { id, policy } = await acceptOrder(shop.store);
    await erase(id);
    await shop.runs.start(id, policy);
    expect(await shop.closed(id)).toMatchObject({ status: 'rejected', endReason: { code: 'invalid' } });
    expect(await trail(id)).toContainEqual({ type: 'order.invalid', changes: { errors: ['erased'] } });
  });

  it('does not charge', async () => {
    await shop.fault('payment_intents.create', '500', 3);
    const id = await shop.place();
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'charge'));
    await erase(id);
    await shop.answer(id, 'charge', 'retry');
    expect(await shop.closed(id)).toMatchObject({ status: 'rejected', fulfilment: 'released' });
    expect((await shop.intents(id)).filter(({ status }) => status === 'succeeded')).toEqual([]);
  });

  it('makes no label, and refunds the money', async () => {
    await shop.fault('shipments.create', '500', 3);
    const id = await shop.place();
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'ship'));
    await confirmed(id);
    const email = await erase(id);
    const before = shop.inbox.to(email);
    await shop.answer(id, 'ship', 'retry');
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    const types = (await trail(id)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['shipment.refused', 'email.refused', 'order.cancelled']));
    expect(shop.inbox.to(email)).toEqual(before);
  });

  it('sends no email, and ends', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await confirmed(id);
    const email = await erase(id);
    const before = shop.inbox.to(email).length;
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', customer: null });
    expect(await trail(id)).toContainEqual({
      type: 'email.refused',
      changes: { kind: 'delivery', reason: 'erased' },
    });
    expect(shop.inbox.to(email)).toHaveLength(before);
  });
});
