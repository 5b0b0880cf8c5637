import { afterEach, describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { Deaths, DyingStore } from '../support/dying.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const PAID_BACK = [{ amount: 3980, status: 'succeeded' }];

describe('the money of an order', () => {
  const deaths = new Deaths();
  let shop: WorkflowHarness;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    { ports: (real, { database }) => ({ ...real, store: new DyingStore(database, deaths) }) },
  );
  afterEach(() => {
    deaths.assertStruck();
  });

  const refunds = async (id: OrderId) =>
    (await shop.refunds(id)).map(({ amount, status }) => ({ amount, status }));
  const intents = async (id: OrderId) => (await shop.intents(id)).map(({ status }) => status);
  const times = async (id: OrderId, type: string) =>
    (await shop.eventTypes(id)).filter((each) => each === type).length;

  describe('when the worker dies right after a commit', () => {
    it.each([
      'inventory.reserved',
      'payment.intent_created',
      'payment.captured',
      'shipment.created',
      'email.sent',
    ])('is captured once, for one parcel and two mails: %s', async (event) => {
      deaths.after(event);
      const id = await shop.place();
      await shop.carrierSays(await shop.label(id), 'shipment.delivered');
      const order = await shop.closed(id);

      expect(order).toMatchObject({ status: 'delivered', payment: 'captured', waits: [], attention: [] });
      expect(await intents(id)).toEqual(['succeeded']);
      expect(await refunds(id)).toEqual([]);
      expect(await shop.parcels(id)).toHaveLength(1);
      expect(shop.inbox.to(emailOf(order))).toHaveLength(2);
      expect(await times(id, 'payment.captured')).toBe(1);
    });

    it.each([
      'cancellation.accepted',
      'refund.requested',
      'refund.succeeded',
      'inventory.released',
      'order.cancelled',
      'email.sent',
      'order.closed',
    ])('is refunded once when the carrier refuses: %s', async (event) => {
      const stock = await shop.stock('MUG-BLUE');
      deaths.after(event);
      const id = await shop.place({ postalCode: '00000' });

      const order = await shop.closed(id);
      expect(order).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        fulfilment: 'released',
        endReason: { code: 'carrier_refused' },
        waits: [],
        attention: [],
      });
      expect(await refunds(id)).toEqual(PAID_BACK);
      expect(await times(id, 'refund.requested')).toBe(1);
      expect(await times(id, 'refund.succeeded')).toBe(1);
      expect(await times(id, 'payment.captured')).toBe(1);
      expect(await shop.stock('MUG-BLUE')).toEqual(stock);
      const emails = shop.inbox.ofKind('cancellation', emailOf(order));
      expect(new Set(emails.map(({ messageId }) => messageId)).size).toBe(1);
    });

    it.each(['payment.declined', 'payment.voided', 'order.rejected'])(
      'never moves when the card is declined: %s',
      async (event) => {
        deaths.after(event);
        const id = await shop.place({ method: 'pm_card_chargeDeclined' });

        expect(await shop.closed(id)).toMatchObject({
          status: 'rejected',
          payment: 'voided',
          fulfilment: 'released',
          endReason: { code: 'payment_declined' },
        });
        expect(await intents(id)).toEqual(['canceled']);
        expect(await times(id, 'payment.voided')).toBe(1);
      },
    );

    it('is refunded once when the label had been cancelled before', async () => {
      const id = await shop.place();
      await shop.label(id);
      deaths.after('shipment.cancelled');
      await shop.handle(id).cancel();

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        shipments: [{ status: 'cancelled' }],
      });
      expect(await refunds(id)).toEqual(PAID_BACK);
    });
  });

  describe('when there is none to take', () => {
    // Longer than the window, so that the window passes between the commit and the next attempt.
    const policy = { reservationTtl: 4_000, retry: { attempts: 5, initial: 6_000, max: 6_000 } };
    const lines = [{ sku: 'GIFT', quantity: 1 }];

    it('lets an order continue whose window passed after it was confirmed', async () => {
      deaths.after('payment.not_required');
      const id = await shop.place({ lines, policy });
      const trackingNumber = await shop.label(id);

      expect(await shop.store.orders.get(id)).toMatchObject({
        status: 'confirmed',
        payment: 'not_required',
        endReason: null,
        attention: [],
      });
      await shop.carrierSays(trackingNumber, 'shipment.delivered');
      expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'not_required' });
      expect(await times(id, 'payment.not_required')).toBe(1);
    });

    it('compensates an order that is cancelled after it was confirmed', async () => {
      deaths.after('payment.not_required');
      const id = await shop.place({ lines, policy: { ...policy, reservationTtl: 30_000 } });
      await shop.until(id, ({ payment }) => payment === 'not_required');
      await shop.handle(id).cancel();

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'not_required',
        fulfilment: 'released',
      });
    });
  });

  describe('when the gateway has a newer state', () => {
    it('stays when a declined shopper paid before the intent was canceled: the order continues', async () => {
      await shop.fault('payment_intents.cancel', 'drop_before', 10_000);
      deaths.after('payment.captured');
      const id = await shop.place({
        method: 'pm_card_chargeDeclined',
        policy: { retry: { attempts: 10_000, initial: 100, max: 200 } },
      });
      const declined = await shop.until(id, ({ payment }) => payment === 'declined');
      await shop.stripe.paymentIntents.confirm(declined.intentId ?? '', { payment_method: 'pm_card_visa' });
      await shop.clearFaults();
      await shop.carrierSays(await shop.label(id), 'shipment.delivered');

      expect(await shop.closed(id)).toMatchObject({
        status: 'delivered',
        payment: 'captured',
        endReason: null,
        attention: [],
      });
      expect(await intents(id)).toEqual(['succeeded']);
      expect(await refunds(id)).toEqual([]);
      expect(await times(id, 'payment.captured')).toBe(1);
    });

    it('is fenced off although the gateway first refused to cancel, and stored that answer', async () => {
      await shop.fault('payment_intents.cancel', 'refuse', 1);
      const id = await shop.place({ method: 'pm_card_chargeDeclined' });

      expect(await shop.closed(id)).toMatchObject({
        status: 'rejected',
        payment: 'voided',
        fulfilment: 'released',
        attention: [],
      });
      expect(await intents(id)).toEqual(['canceled']);
      expect(await shop.eventTypes(id)).not.toContain('order.parked');
    });

    it('goes back when the answer to a charge was lost and an operator gave the order up', async () => {
      await shop.fault('payment_intents.confirm', 'drop_after', 1);
      const id = await shop.place({ policy: { retry: { attempts: 1, initial: 50, max: 200 } } });
      await shop.answer(id, 'charge', 'fail');

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        fulfilment: 'released',
        endReason: { code: 'operator_failed', by: 'service:operator' },
        attention: [],
      });
      expect(await refunds(id)).toEqual(PAID_BACK);
      // Parked once, for the charge: its compensation met no failure.
      expect(await times(id, 'order.parked')).toBe(1);
      const statuses = (await shop.store.orders.events(id)).flatMap(({ changes }) => changes['status'] ?? []);
      expect(statuses).not.toContainEqual(expect.objectContaining({ to: 'confirmed' }));
    });

    it('goes back when an order that was paid in the last moment is cancelled before pick-up', async () => {
      await shop.fault('payment_intents.confirm', 'drop_after', 1);
      const id = await shop.place({
        policy: { reservationTtl: 4_000, retry: { attempts: 1, initial: 50, max: 200 } },
      });
      await shop.label(id);
      await shop.handle(id).cancel();

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        fulfilment: 'released',
        endReason: { code: 'cancelled', by: 'temporal' },
        shipments: [{ status: 'cancelled' }],
      });
      expect(await refunds(id)).toEqual(PAID_BACK);
      expect(await times(id, 'payment.captured')).toBe(1);
    });
  });
});
