import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** Emails are deferred for as long as a test needs, without an attention. */
const MAIL_OUTAGE = { code: 451, times: 10_000 };

describe('an outage', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const refunds = async (id: OrderId) => (await shop.refunds(id)).map(({ amount }) => amount);
  const found = async (id: OrderId, status: string) =>
    eventually(
      () => shop.list(`OrderStatus = "${status}" AND WorkflowId = "${shop.handle(id).workflowId}"`),
      (ids) => ids.length === 1,
    );
  const manyAttempts = { retry: { attempts: 1_000, initial: 200, max: 500 } };

  it('of the mail server delays no refund of a returned parcel', async () => {
    shop.inbox.answer = MAIL_OUTAGE;
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    // The confirmation is parked, until an operator answers.
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'confirm'));
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');
    await shop.carrierSays(trackingNumber, 'shipment.returned');
    const returned = await shop.until(id, ({ payment }) => payment === 'refunded');
    expect(returned).toMatchObject({ status: 'undelivered', fulfilment: 'returned', closedAt: null });
    expect(await refunds(id)).toEqual([3980]);

    shop.inbox.answer = undefined;
    await shop.answer(id, 'confirm', 'retry');
    const order = await shop.closed(id);
    expect(order).toMatchObject({ status: 'undelivered', endReason: { code: 'returned', by: 'carrier' } });
    // No confirmation is sent for an order whose parcel was returned.
    expect(shop.inbox.kindsTo(emailOf(order))).not.toContain('confirmation');
    expect(shop.inbox.ofKind('undelivered', emailOf(order))).toHaveLength(1);
    expect(await refunds(id)).toEqual([3980]);
  });

  it('of the mail server hides no delivery from a search in Temporal', async () => {
    shop.inbox.answer = MAIL_OUTAGE;
    const id = await shop.place({ policy: manyAttempts });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await found(id, 'delivered');
    expect(await shop.store.orders.get(id)).toMatchObject({ status: 'delivered', closedAt: null });

    shop.inbox.answer = undefined;
    const order = await shop.closed(id);
    expect(shop.inbox.to(emailOf(order))).toHaveLength(2);
  });

  it('of the carrier at the lookup of an overdue parcel leaves the wait for the delivery', async () => {
    await shop.fault('shipments.lookup', '500', 2);
    const id = await shop.place({
      policy: { deliveryDeadline: 600, retry: { attempts: 5, initial: 100, max: 200 } },
    });
    const overdue = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(overdue).toMatchObject({
      status: 'confirmed',
      attention: [{ kind: 'delivery_overdue' }],
      waits: [{ step: 'deliver', attempt: 0, nextTryAt: null, lastError: null }],
    });
    expect(overdue.waits[0]?.deadline).not.toBeNull();
    await shop.answer(id, 'deliver', 'skip');
    await shop.closed(id);
  });

  it('of the gateway after the delay of the charge shows a deadline in the future', async () => {
    await shop.fault('payment_intents.confirm', '500', 1_000);
    const id = await shop.place({
      policy: { graceBeforeCharge: 500, retry: { attempts: 100, initial: 200, max: 500 } },
    });
    const { waits, policy, createdAt } = await shop.until(id, (order) =>
      order.waits.some(({ lastError }) => lastError !== null),
    );
    expect(waits).toMatchObject([{ step: 'charge', lastError: 'gateway_error' }]);
    const deadline = Date.parse(waits[0]?.deadline ?? '');
    expect(deadline).toBeGreaterThan(Date.now());
    expect(deadline - Date.parse(createdAt)).toBeGreaterThanOrEqual(policy.reservationTtl);

    await shop.clearFaults();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured', waits: [] });
  });

  it('in which the carrier refuses a lookup is not a refusal of the parcel', async () => {
    await shop.fault('shipments.create', 'drop_after', 1);
    await shop.fault('shipments.lookup', 'refuse', 1);
    const id = await shop.place();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');

    expect(await shop.closed(id)).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      attention: [],
    });
    expect(await shop.ask('GET', '/sandbox/faults')).toEqual({ data: [] });
    expect(await shop.parcels(id)).toHaveLength(1);
    expect(await shop.eventTypes(id)).not.toContain('shipment.refused');
  });
});
