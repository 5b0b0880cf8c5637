import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { acceptOrder } from '../support/orders.js';
import { makeLookDue } from '../support/run-look.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('the sweeper', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  /** Makes stored rows old enough for the sweeper. */
  const age = () =>
    shop.database.$transaction([
      shop.database
        .$executeRaw`UPDATE orders SET created_at = created_at - interval '1 hour', started_at = started_at - interval '1 hour'`,
      makeLookDue(shop.database),
      shop.database.$executeRaw`UPDATE inbox_event SET applied_at = applied_at - interval '1 hour'`,
      shop.database.$executeRaw`UPDATE attention SET resolved_at = resolved_at - interval '1 hour'`,
      shop.database.$executeRaw`UPDATE refund SET requested_at = requested_at - interval '1 hour'`,
      shop.database.$executeRaw`UPDATE payment_attempt SET requested_at = requested_at - interval '1 hour'`,
    ]);
  const request = (operation: string) => ({
    principal: 'tests',
    operation,
    key: randomUUID(),
    requestHash: '',
  });

  it('starts an order that was stored and never started, once', async () => {
    const { id } = await acceptOrder(shop.store);
    await age();
    await Promise.all([shop.sweeper.sweep(), shop.sweeper.sweep()]);
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered' });
    expect(await shop.intents(id)).toHaveLength(1);
  });

  it('starts a refund that was stored and never started, once', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    const refund = { id: randomUUID(), requestedBy: 'service:ops' };
    await shop.store.refunds.request(await shop.store.orders.get(id), request('refund'), refund, () => ({
      amount: 500,
      reason: 'goodwill',
      restock: false,
      lines: [],
    }));
    await age();
    await Promise.all([shop.sweeper.sweep(), shop.sweeper.sweep()]);
    await shop.until(id, ({ payment }) => payment === 'partially_refunded');
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect((await shop.closed(id)).booked).toMatchObject({ refund_requested: 500, refund_succeeded: 500 });
  });

  it('signals a payment attempt that was never signalled', async () => {
    const id = await shop.place({ method: 'pm_card_chargeDeclined', policy: { declineWindow: 20_000 } });
    const declined = await shop.until(id, ({ payment }) => payment === 'declined');
    const asked = { method: 'pm_card_visa', by: 'service:shop' };
    expect(await shop.store.paymentAttempts.request(declined, request('attempt'), asked)).toEqual({
      orderId: id,
      attempt: 2,
    });
    await age();
    await shop.sweeper.sweep();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ payment: 'captured', attempt: 2 });
  });

  it('signals a delivery that was never signalled', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    const report = await shop.store.inbox.receive({
      eventId: 'evt_unsignalled',
      type: 'shipment.delivered',
      trackingNumber,
      occurredAt: new Date(),
    });
    expect(report).toMatchObject({ state: 'delivered' });
    await age();
    await shop.sweeper.sweep();
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered' });
  });

  it('signals an answer that was never signalled', async () => {
    await shop.fault('shipments.create', '500', 3);
    const id = await shop.place();
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    const attentionId = parked.attention[0]?.id ?? '';
    await shop.store.attention.resolve(parked, attentionId, {
      action: 'retry',
      note: 'carrier is back',
      by: 'service:ops',
    });
    await age();
    await shop.sweeper.sweep();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await shop.closed(id);
  });
});
