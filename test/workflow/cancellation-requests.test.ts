import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { recordHistory } from '../support/histories.js';
import { acceptOrder, emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const BY = 'service:shop';

describe('a cancellation request', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  /** Stores and signals a request as the API does for `POST /orders/{id}/cancellation`. */
  const requestCancellation = async (id: OrderId) => {
    const order = await shop.store.orders.get(id);
    await shop.store.cancellations.request(order, BY);
    if ((await shop.store.cancellations.find(id))?.state === 'requested')
      await shop.runs.requestCancellation({ orderId: id, by: BY, policy: order.policy });
  };
  const answerTo = async (id: OrderId) => {
    const found = await shop.store.cancellations.find(id);
    return { state: found?.state, code: found?.code };
  };
  const subjects = async (id: OrderId) => {
    const order = await shop.store.orders.get(id);
    return shop.inbox.subjectsTo(emailOf(order)).map((subject) => subject?.replace(order.number, '…'));
  };
  const refunds = async (id: OrderId) =>
    (await shop.store.refunds.ofOrder(id)).map(({ amount, reason, state }) => ({ amount, reason, state }));
  const ACCEPTED = { state: 'accepted', code: null };

  it('is granted while the parcel waits: money, goods and label go back, with one email', async () => {
    const stock = await shop.stock('MUG-BLUE');
    const id = await shop.place();
    await shop.label(id);
    await requestCancellation(id);
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      endReason: { code: 'cancelled', by: BY },
      shipments: [{ status: 'cancelled' }],
    });
    expect(await answerTo(id)).toEqual(ACCEPTED);
    expect(await refunds(id)).toEqual([{ amount: 3980, reason: 'cancelled', state: 'succeeded' }]);
    expect(await shop.stock('MUG-BLUE')).toEqual(stock);
    expect((await subjects(id)).filter((subject) => subject === 'Your order … is cancelled')).toHaveLength(1);
    await recordHistory(shop.handle(id), 'cancelled-by-the-shop');
  });

  it('is granted in the middle of the charge, which is waited for and refunded', async () => {
    await shop.fault('payment_intents.confirm', 'slow', 1, 1_000);
    const id = await shop.place();
    await shop.until(id, ({ intentId }) => intentId !== null);
    await requestCancellation(id);
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    expect(await answerTo(id)).toEqual(ACCEPTED);
    // The refund's own run sends its email, sooner or later.
    await expect
      .poll(() => subjects(id), { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['Your order … is cancelled', 'A refund of €39.80 for your order …']));
    expect(await subjects(id)).toHaveLength(2);
  });

  it('is granted to an order whose run has not started: it is started for that', async () => {
    const { id } = await acceptOrder(shop.store);
    await requestCancellation(id);
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'none', fulfilment: 'none' });
    expect(await answerTo(id)).toEqual(ACCEPTED);
    expect(await shop.intents(id)).toEqual([]);
  });

  it('is granted to an order that waits for an operator', async () => {
    await shop.fault('shipments.create', '500', 100);
    const id = await shop.place();
    await shop.until(id, ({ attention }) => attention.length > 0);
    await shop.clearFaults();
    await requestCancellation(id);
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded', attention: [] });
    expect(await answerTo(id)).toEqual(ACCEPTED);
  });

  it('is granted once, however many callers send it', async () => {
    const id = await shop.place();
    await shop.label(id);
    await Promise.all(Array.from({ length: 20 }, () => requestCancellation(id)));
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    expect(await refunds(id)).toHaveLength(1);
    expect((await shop.eventTypes(id)).filter((type) => type === 'cancellation.accepted')).toHaveLength(1);
  });

  it('refunds what is left when a part was refunded before', async () => {
    const id = await shop.place();
    await shop.label(id);
    await shop.refund(id, 1_000);
    await requestCancellation(id);
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    expect((await refunds(id)).map(({ amount }) => amount)).toEqual([1_000, 2_980]);
  });

  it('is refused where the carrier has the parcel already, though that was not reported', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.ask('POST', `/sandbox/shipments/${trackingNumber}/events`, { type: 'shipment.picked_up' });
    await requestCancellation(id);
    await shop.until(id, ({ status }) => status === 'shipped');
    expect(await answerTo(id)).toEqual({ state: 'refused', code: 'already_shipped' });
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    expect(await subjects(id)).toEqual(['Your order … is confirmed', 'Your order … has been delivered']);
    await recordHistory(shop.handle(id), 'delivered-cancellation-too-late');
  });

  it('has one winner against a pick-up, and consistent books', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => shop.place()));
    for (const id of ids) await shop.label(id);
    await Promise.all(
      ids.flatMap((id) => [
        requestCancellation(id),
        shop.label(id).then((number) => shop.carrierSays(number, 'shipment.picked_up')),
      ]),
    );
    for (const id of ids) {
      const order = await shop.until(id, ({ status }) => status === 'shipped' || status === 'cancelled');
      const won = order.status === 'cancelled' || order.attention.length > 0;
      expect(await answerTo(id)).toEqual(won ? ACCEPTED : { state: 'refused', code: 'already_shipped' });
      if (order.status === 'shipped') await shop.carrierSays(await shop.label(id), 'shipment.delivered');
      await shop.closed(id);
    }
  });

  it('is refused at once after the end', async () => {
    const delivered = await shop.place();
    await shop.carrierSays(await shop.label(delivered), 'shipment.delivered');
    await shop.closed(delivered);
    await requestCancellation(delivered);
    expect(await answerTo(delivered)).toEqual({ state: 'refused', code: 'already_delivered' });

    const rejected = await shop.place({ method: 'pm_card_visa_chargeDeclined' });
    await shop.closed(rejected);
    await requestCancellation(rejected);
    expect(await answerTo(rejected)).toEqual({ state: 'refused', code: 'already_rejected' });
  });

  it('ends the order although emails cannot be sent; the shopper gets them later', async () => {
    shop.inbox.answer = { code: 451, times: 10_000 };
    const id = await shop.place({ policy: { retry: { attempts: 1_000, initial: 100, max: 300 } } });
    await shop.label(id);
    await requestCancellation(id);
    await shop.until(id, ({ status }) => status === 'cancelled');
    expect(await answerTo(id)).toEqual(ACCEPTED);
    shop.inbox.answer = undefined;
    await shop.closed(id);
    // The refund's own run sends its email; the confirmation is not sent any more.
    await expect.poll(() => subjects(id), { timeout: 20_000 }).toHaveLength(2);
    expect(await subjects(id)).toEqual(
      expect.arrayContaining(['Your order … is cancelled', 'A refund of €39.80 for your order …']),
    );
  });
});
