import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('how an order ends', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const intentStatuses = async (id: OrderId) => (await shop.intents(id)).map((intent) => intent.status);
  const refunded = async (id: OrderId) => (await shop.refunds(id)).map(({ amount }) => amount);

  /** The kinds of the mails that a shopper got, in order of arrival. */
  const emailsOf = async (id: OrderId) => shop.inbox.kindsTo(emailOf(await shop.store.orders.get(id)));
  /** A refund's own run sends its email, which may take a moment longer than its order's run. */
  const toldInTheEnd = async (id: OrderId, kinds: readonly string[]) => {
    await expect.poll(() => emailsOf(id), { timeout: 20_000 }).toEqual(kinds);
  };

  it('is delivered: charged once, one parcel, three mails', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await toldInTheEnd(id, ['confirmation']);
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');
    await toldInTheEnd(id, ['confirmation', 'shipped']);
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    const order = await shop.closed(id);

    expect(order).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      fulfilment: 'delivered',
      endReason: null,
      waits: [],
      attention: [],
      shipments: [{ trackingNumber, status: 'delivered' }],
    });
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    const [, shipped] = shop.inbox.to(emailOf(order));
    expect(shipped?.text).toContain(`https://parcels.example/track/${trackingNumber}`);
    expect(shop.inbox.subjectsTo(emailOf(order))).toEqual([
      `Your order ${order.number} is confirmed`,
      `Your order ${order.number} is on its way`,
      `Your order ${order.number} has been delivered`,
    ]);
    expect(await shop.eventTypes(id)).toEqual(
      expect.arrayContaining([
        'order.accepted',
        'inventory.reserved',
        'payment.captured',
        'shipment.created',
        'order.closed',
      ]),
    );
    await recordHistory(shop.handle(id), 'delivered');
  });

  it('is delivered without a charge when there is nothing to pay', async () => {
    const id = await shop.place({ lines: [{ sku: 'GIFT', quantity: 1 }] });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');

    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'not_required' });
    expect(await shop.intents(id)).toEqual([]);
    // The shipment email is not sent once the parcel has arrived.
    expect(await emailsOf(id)).toEqual(['confirmation', 'delivery']);
    await recordHistory(shop.handle(id), 'delivered-free');
  });

  it.each([
    ['a product that is no longer sold', { lines: [{ sku: 'RETIRED', quantity: 1 }] }],
    ['a country that is not served', { country: 'AQ' }],
  ])('is rejected as invalid for %s, with nothing reserved or charged', async (_what, wanted) => {
    const id = await shop.place(wanted);
    expect(await shop.closed(id)).toMatchObject({
      status: 'rejected',
      payment: 'none',
      fulfilment: 'none',
      endReason: { code: 'invalid', by: 'workflow' },
    });
    expect(await shop.intents(id)).toEqual([]);
    expect(await emailsOf(id)).toEqual(['rejection']);
    await recordHistory(shop.handle(id), 'invalid');
  });

  it('is rejected when one line is out of stock, with no other line held', async () => {
    const before = await shop.stock('MUG-BLUE');
    const id = await shop.place({
      lines: [
        { sku: 'MUG-BLUE', quantity: 1 },
        { sku: 'SOLD-OUT', quantity: 1 },
      ],
    });
    expect(await shop.closed(id)).toMatchObject({
      status: 'rejected',
      fulfilment: 'none',
      endReason: { code: 'out_of_stock' },
    });
    expect(await shop.stock('MUG-BLUE')).toEqual(before);
    expect(await emailsOf(id)).toEqual(['rejection']);
    await recordHistory(shop.handle(id), 'out-of-stock');
  });

  it('is rejected when the card is declined: intent canceled, stock released', async () => {
    const before = await shop.stock('MUG-BLUE');
    const id = await shop.place({ method: 'pm_card_chargeDeclinedInsufficientFunds' });
    const order = await shop.closed(id);

    expect(order).toMatchObject({
      status: 'rejected',
      payment: 'voided',
      fulfilment: 'released',
      endReason: { code: 'payment_declined' },
    });
    expect(await intentStatuses(id)).toEqual(['canceled']);
    expect(await shop.stock('MUG-BLUE')).toEqual(before);
    expect(shop.inbox.kindsTo(emailOf(order))).toEqual(['rejection']);
    const declined = (await shop.store.orders.events(id)).find((event) => event.type === 'payment.declined');
    expect(declined?.changes).toMatchObject({ reason: 'insufficient_funds' });
    await recordHistory(shop.handle(id), 'declined');
  });

  it('is rejected when the shopper does not act on the payment in time', async () => {
    const id = await shop.place({
      method: 'pm_card_authenticationRequired',
      policy: { paymentWindow: 1_000 },
    });
    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'rejected',
      payment: 'voided',
      fulfilment: 'released',
      endReason: { code: 'payment_expired', by: 'workflow' },
    });
    expect(await intentStatuses(id)).toEqual(['canceled']);
    expect(shop.inbox.kindsTo(emailOf(order))).toEqual(['rejection']);
    await recordHistory(shop.handle(id), 'payment-expired');
  });

  it('is rejected when the reservation expires while the gateway is down', async () => {
    await shop.fault('payment_intents.create', '500', 1000);
    const id = await shop.place({ policy: { reservationTtl: 6_000 } });
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(parked).toMatchObject({
      status: 'pending',
      attention: [{ kind: 'parked', step: 'charge', reason: 'gateway_error' }],
      waits: [{ step: 'charge', lastError: 'gateway_error' }],
    });
    await shop.clearFaults();

    expect(await shop.closed(id)).toMatchObject({
      status: 'rejected',
      fulfilment: 'released',
      endReason: { code: 'reservation_expired' },
      attention: [],
      waits: [],
    });
    expect(await emailsOf(id)).toEqual(['rejection']);
    await recordHistory(shop.handle(id), 'reservation-expired');
  });

  it('is cancelled when the carrier refuses after the charge: refunded in full, stock released', async () => {
    const before = await shop.stock('MUG-BLUE');
    await shop.fault('shipments.create', 'slow', 1, 1_000);
    const id = await shop.place({ postalCode: '00000' });
    // It does not wait for the label.
    await toldInTheEnd(id, ['confirmation']);
    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      shipments: [],
      endReason: { code: 'carrier_refused' },
    });
    expect(await refunded(id)).toEqual([3980]);
    expect(await shop.stock('MUG-BLUE')).toEqual(before);
    await expect
      .poll(async () => (await emailsOf(id)).toSorted(), { timeout: 20_000 })
      .toEqual(['cancellation', 'confirmation', 'refund']);
    const refund = shop.inbox.to(emailOf(order)).find(({ subject }) => subject?.includes('refund'));
    expect(refund?.subject).toBe(`A refund of €39.80 for your order ${order.number}`);
    await recordHistory(shop.handle(id), 'carrier-refused');
  });

  it('is cancelled when an operator fails a parked step', async () => {
    await shop.fault('shipments.create', '500', 3);
    const id = await shop.place();
    await shop.answer(id, 'ship', 'fail');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      endReason: { code: 'operator_failed' },
    });
    expect(await refunded(id)).toEqual([3980]);
    await recordHistory(shop.handle(id), 'operator-failed');
  });

  it('is cancelled through Temporal before pick-up: label, money and stock are compensated', async () => {
    const before = await shop.stock('MUG-BLUE');
    const id = await shop.place();
    await shop.label(id);
    await shop.handle(id).cancel();
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      shipments: [{ status: 'cancelled' }],
      endReason: { code: 'cancelled', by: 'temporal' },
    });
    expect(await refunded(id)).toEqual([3980]);
    expect(await shop.stock('MUG-BLUE')).toEqual(before);
    await recordHistory(shop.handle(id), 'cancelled');
  });

  it('is undelivered when the parcel comes back: refunded, goods in stock again', async () => {
    const before = await shop.stock('MUG-BLUE');
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');
    await shop.carrierSays(trackingNumber, 'shipment.delivery_failed');
    await shop.carrierSays(trackingNumber, 'shipment.returned');
    expect(await shop.closed(id)).toMatchObject({
      status: 'undelivered',
      payment: 'refunded',
      fulfilment: 'returned',
      endReason: { code: 'returned', by: 'carrier' },
    });
    expect(await refunded(id)).toEqual([3980]);
    expect(await shop.stock('MUG-BLUE')).toEqual(before);
    await expect
      .poll(() => emailsOf(id), { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['undelivered', 'refund']));
    expect(await emailsOf(id)).not.toContain('delivery');
    await recordHistory(shop.handle(id), 'returned');
  });

  it('is undelivered when an operator declares it lost: refunded, goods gone', async () => {
    const before = await shop.stock('MUG-BLUE');
    const id = await shop.place({ policy: { deliveryDeadline: 500 } });
    await shop.label(id);
    await shop.answer(id, 'deliver', 'fail');
    expect(await shop.closed(id)).toMatchObject({
      status: 'undelivered',
      payment: 'refunded',
      fulfilment: 'lost',
      endReason: { code: 'lost', by: 'service:operator' },
    });
    expect(await refunded(id)).toEqual([3980]);
    expect(await shop.stock('MUG-BLUE')).toEqual({ onHand: before.onHand - 2, reserved: before.reserved });
    await recordHistory(shop.handle(id), 'lost');
  });
});
