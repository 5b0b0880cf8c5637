import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('a refund', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const sent = async (method = 'pm_card_visa') => {
    const id = await shop.place({ method });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await shop.closed(id);
    return id;
  };
  const settled = (refundId: string, state: string) =>
    eventually(
      () => shop.store.refunds.find(refundId),
      (refund) => refund?.state === state,
    );
  const atTheGateway = async (id: OrderId) => {
    const { intentId } = await shop.store.orders.get(id);
    const { data } = await shop.stripe.refunds.list({ payment_intent: intentId ?? '' });
    return data;
  };
  const booked = async (id: OrderId) => (await shop.store.orders.get(id)).booked;

  it('of a part leaves the order as it is, and the rest refundable', async () => {
    const id = await sent();
    const first = await shop.refund(id, 1_000);
    await settled(first, 'succeeded');
    expect(await shop.store.orders.get(id)).toMatchObject({
      status: 'delivered',
      fulfilment: 'delivered',
      payment: 'partially_refunded',
    });
    const second = await shop.refund(id, 2_980);
    await settled(second, 'succeeded');
    expect(await shop.store.orders.get(id)).toMatchObject({ status: 'delivered', payment: 'refunded' });
    expect((await atTheGateway(id)).map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([
      1_000, 2_980,
    ]);
  });

  it('that the bank delays is pending until the provider reports it', async () => {
    const id = await sent('pm_card_pendingRefund');
    const refund = await shop.refund(id, 1_000);
    await settled(refund, 'pending');
    expect(await booked(id)).toMatchObject({ refund_requested: 1_000 });
    expect(await shop.store.orders.get(id)).toMatchObject({ payment: 'captured' });
    const [made] = await atTheGateway(id);
    await shop.ask('POST', `/sandbox/refunds/${made?.id}`, { becomes: 'succeeded' });
    await shop.runs.requestPaymentSync(id);
    await settled(refund, 'succeeded');
    expect(await shop.store.orders.get(id)).toMatchObject({ payment: 'partially_refunded' });
    await shop.client.workflow.getHandle(`refund-${refund}`).result();
  });

  it('that fails frees its money again, and opens an attention', async () => {
    const id = await sent('pm_sandbox_pendingRefundFails');
    const refund = await shop.refund(id, 1_000);
    await settled(refund, 'pending');
    const [made] = await atTheGateway(id);
    await shop.ask('POST', `/sandbox/refunds/${made?.id}`, { becomes: 'failed' });
    await shop.runs.requestPaymentSync(id);
    await settled(refund, 'failed');
    expect(await shop.store.orders.get(id)).toMatchObject({
      payment: 'captured',
      attention: [{ kind: 'refund_failed' }],
    });
    expect(await booked(id)).toMatchObject({ refund_requested: 1_000, refund_failed: 1_000 });
    await shop.client.workflow.getHandle(`refund-${refund}`).result();
  });

  it('that fails after it had succeeded is reversed in the books', async () => {
    const id = await sent('pm_card_refundFail');
    const refund = await shop.refund(id, 1_000);
    await settled(refund, 'succeeded');
    const [made] = await atTheGateway(id);
    await shop.ask('POST', `/sandbox/refunds/${made?.id}`, { becomes: 'failed' });
    await shop.runs.requestPaymentSync(id);
    await settled(refund, 'failed');
    expect(await shop.store.orders.get(id)).toMatchObject({
      payment: 'captured',
      attention: [{ kind: 'refund_failed' }],
    });
    expect(await booked(id)).toMatchObject({ refund_succeeded: 1_000, refund_reversed: 1_000 });
  });

  it('that meets a gateway that is down is made once it is back, and an operator hurries it', async () => {
    const id = await sent();
    await shop.fault('refunds.create', 'drop_before', 100);
    const refund = await shop.refund(id, 1_000);
    await shop.until(id, ({ attention }) => attention.length > 0);
    await shop.clearFaults();
    await shop.answer(id, 'charge', 'retry');
    await settled(refund, 'succeeded');
    expect(await atTheGateway(id)).toHaveLength(1);
    await shop.until(id, ({ attention }) => attention.length === 0);
  });

  it('that the gateway refuses has failed', async () => {
    const id = await sent();
    await shop.fault('refunds.create', 'refuse', 1);
    const refund = await shop.refund(id, 1_000);
    await settled(refund, 'failed');
    expect(await shop.store.orders.get(id)).toMatchObject({
      payment: 'captured',
      attention: [{ kind: 'refund_failed' }],
    });
    expect(await atTheGateway(id)).toEqual([]);
  });

  it('of a parcel that came back leaves the order undelivered, whatever the bank does', async () => {
    const id = await shop.place({ method: 'pm_card_pendingRefund' });
    await shop.carrierSays(await shop.label(id), 'shipment.returned');
    const order = await shop.closed(id);
    expect(order).toMatchObject({ status: 'undelivered', payment: 'captured' });
    expect(order.booked).toMatchObject({ captured: 3980, refund_requested: 3980 });
    const [made] = await atTheGateway(id);
    await shop.ask('POST', `/sandbox/refunds/${made?.id}`, { becomes: 'succeeded' });
    await shop.runs.requestPaymentSync(id);
    await shop.until(id, ({ payment }) => payment === 'refunded');
  });
});

describe('a dispute', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it.each([
    ['won', { dispute_withdrawn: 3980, dispute_reinstated: 3980 }],
    ['lost', { dispute_withdrawn: 3980, dispute_lost: 3980 }],
  ] as const)('is booked as the bank takes the money, and when it is %s', async (becomes, books) => {
    const id = await shop.place();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    const { intentId } = await shop.closed(id);
    const dispute: unknown = await shop.ask('POST', '/sandbox/disputes', { payment_intent: intentId });
    await shop.runs.requestPaymentSync(id);
    const disputed = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(disputed).toMatchObject({
      payment: 'captured',
      dispute: { status: 'needs_response', amount: 3980 },
      booked: { captured: 3980, dispute_withdrawn: 3980 },
      attention: [{ kind: 'dispute_opened' }],
    });
    await shop.ask('POST', `/sandbox/disputes/${disputed.dispute?.id}`, { becomes });
    expect(dispute).toMatchObject({ id: disputed.dispute?.id });
    await shop.runs.requestPaymentSync(id);
    const order = await shop.until(id, (current) => current.dispute?.status === becomes);
    expect(order.booked).toMatchObject(books);
  });

  it('keeps what it took from being refunded when the order is cancelled', async () => {
    const id = await shop.place();
    await shop.label(id);
    const order = await shop.store.orders.get(id);
    await shop.ask('POST', '/sandbox/disputes', { payment_intent: order.intentId });
    await shop.runs.requestPaymentSync(id);
    await shop.until(id, ({ dispute }) => dispute !== null);
    await shop.store.cancellations.request(await shop.store.orders.get(id), 'service:shop');
    await shop.runs.requestCancellation({ orderId: id, by: 'service:shop', policy: order.policy });
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'captured' });
    expect(await shop.store.refunds.ofOrder(id)).toEqual([]);
  });
});
