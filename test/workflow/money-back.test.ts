import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/order/order-id';
import type { GatewayRefund } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import { Deaths, DyingStore } from '../support/dying.js';
import { eventually } from '../support/eventually.js';
import { checkInvariants } from '../support/invariants.js';
import { useWorkshop } from '../support/use-workshop.js';
import { Workshop } from '../support/workshop.js';

/** A gateway whose refunds take their time, or whose answers to them nobody understands. */
class SlowBank extends StripeGateway {
  trouble: 'none' | 'pending' | 'gibberish' = 'none';
  /** When each refund was asked for, in milliseconds. */
  readonly asked: number[] = [];

  override async createRefund(request: Parameters<StripeGateway['createRefund']>[0]): Promise<GatewayRefund> {
    this.asked.push(Date.now());
    if (this.trouble === 'gibberish') throw new TypeError('not a refund');
    return this.paced(await super.createRefund(request));
  }

  override async findRefund(intentId: string, refundId: string): Promise<GatewayRefund | null> {
    const found = await super.findRefund(intentId, refundId);
    return found && this.paced(found);
  }

  private paced(refund: GatewayRefund): GatewayRefund {
    return this.trouble === 'pending' ? { ...refund, status: 'pending' } : refund;
  }
}

/** What the gateway has paid back of an order. */
async function refundsOf(shop: Workshop, id: OrderId) {
  const lists = (await shop.intents(id)).map(({ id: intent }) =>
    shop.stripe.refunds.list({ payment_intent: intent }),
  );
  return (await Promise.all(lists)).flatMap(({ data }) =>
    data.map(({ amount, status }) => ({ amount, status })),
  );
}

const PAID_BACK = [{ amount: 3980, status: 'succeeded' }];

describe('the money of an order', () => {
  const deaths = new Deaths();
  let shop: Workshop;
  let bank: SlowBank;
  useWorkshop(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real, { database, gatewayOptions }) => {
        bank = new SlowBank(gatewayOptions);
        return { ...real, gateway: bank, store: new DyingStore(database, deaths) };
      },
    },
  );
  afterEach(() => {
    bank.trouble = 'none';
    deaths.assertStruck();
  });

  const refunds = (id: OrderId) => refundsOf(shop, id);
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
    ])('is taken once, for one parcel and two mails: %s', async (event) => {
      deaths.after(event);
      const id = await shop.place();
      await shop.carrierSays(await shop.label(id), 'shipment.delivered');
      const order = await shop.closed(id);

      expect(order).toMatchObject({ status: 'delivered', payment: 'captured', waits: [], attention: [] });
      expect(await intents(id)).toEqual(['succeeded']);
      expect(await refunds(id)).toEqual([]);
      expect(await shop.parcels(id)).toHaveLength(1);
      expect(shop.inbox.to(order.customer.email)).toHaveLength(2);
      expect(await times(id, 'payment.captured')).toBe(1);
    });

    it.each(['refund.succeeded', 'inventory.released', 'cancellation.accepted', 'order.cancelled'])(
      'is given back once when the carrier refuses: %s',
      async (event) => {
        const stock = await shop.stock('MUG-BLUE');
        deaths.after(event);
        const id = await shop.place({ postalCode: '00000' });

        expect(await shop.closed(id)).toMatchObject({
          status: 'cancelled',
          payment: 'refunded',
          fulfilment: 'released',
          endReason: { code: 'carrier_refused' },
          waits: [],
          attention: [],
        });
        expect(await refunds(id)).toEqual(PAID_BACK);
        expect(await times(id, 'refund.succeeded')).toBe(1);
        expect(await times(id, 'payment.captured')).toBe(1);
        expect(await shop.stock('MUG-BLUE')).toEqual(stock);
      },
    );

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

    it('is given back once when the label had been cancelled before', async () => {
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

    it('lets an order go on whose window passed after it was confirmed', async () => {
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

    it('takes an order back that is cancelled after it was confirmed', async () => {
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

  describe('when a refund is not a matter of course', () => {
    it('is not called returned because the gateway refused; stock waits for it, and a person is asked', async () => {
      await shop.fault('refunds.create', 'refuse', 1);
      const id = await shop.place({ postalCode: '00000' });
      const stuck = await shop.until(id, ({ attention }) => attention.length > 0);
      expect(stuck).toMatchObject({
        status: 'cancelling',
        payment: 'captured',
        fulfilment: 'reserved',
        closedAt: null,
        attention: [{ kind: 'parked', step: 'charge', reason: expect.stringMatching(/^refund_/) }],
      });
      expect(await refunds(id)).toEqual([]);

      await shop.answer(id, 'charge', 'retry');
      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        fulfilment: 'released',
        attention: [],
      });
      expect(await refunds(id)).toEqual(PAID_BACK);
    });

    it('is waited for while the refund is pending, with the stock kept', async () => {
      bank.trouble = 'pending';
      const id = await shop.place({ postalCode: '00000' });
      const pending = await shop.until(id, ({ attention }) => attention.length > 0);
      expect(pending).toMatchObject({
        status: 'cancelling',
        payment: 'captured',
        fulfilment: 'reserved',
        attention: [{ step: 'charge', reason: 'refund_pending' }],
      });

      bank.trouble = 'none';
      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        attention: [],
        waits: [],
      });
      expect(await refunds(id)).toEqual(PAID_BACK);
    });

    it('is asked for ever more seldom while the fault is ours, so that days of it do not fill the history', async () => {
      bank.trouble = 'gibberish';
      bank.asked.length = 0;
      const id = await shop.place({
        postalCode: '00000',
        policy: { retry: { attempts: 20, initial: 50, max: 1_000 } },
      });
      const asked = await eventually(
        () => bank.asked,
        (moments) => moments.length >= 3,
      );
      const gaps = asked.slice(1).map((moment, index) => moment - (asked[index] ?? 0));
      // Twice the longest pause between two attempts, then twice that.
      expect(gaps[0]).toBeGreaterThanOrEqual(1_900);
      expect(gaps[1]).toBeGreaterThanOrEqual(3_900);

      bank.trouble = 'none';
      await shop.answer(id, 'charge', 'retry');
      expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    });
  });

  describe('when the gateway knows better', () => {
    it('goes back once when a declined shopper paid before the intent was canceled', async () => {
      await shop.fault('payment_intents.cancel', 'drop_before', 10_000);
      deaths.after('payment.captured');
      const id = await shop.place({
        method: 'pm_card_chargeDeclined',
        policy: { retry: { attempts: 10_000, initial: 100, max: 200 } },
      });
      const declined = await shop.until(id, ({ payment }) => payment === 'declined');
      await shop.stripe.paymentIntents.confirm(declined.intentId ?? '', { payment_method: 'pm_card_visa' });
      await shop.clearFaults();

      expect(await shop.closed(id)).toMatchObject({
        status: 'rejected',
        payment: 'refunded',
        fulfilment: 'released',
        endReason: { code: 'payment_declined' },
        attention: [],
      });
      expect(await intents(id)).toEqual(['succeeded']);
      expect(await refunds(id)).toEqual(PAID_BACK);
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
      // Parked once, for the charge: taking it back stumbled over nothing.
      expect(await times(id, 'order.parked')).toBe(1);
      const statuses = (await shop.store.orders.events(id)).flatMap(({ changes }) => changes['status'] ?? []);
      expect(statuses).not.toContainEqual(expect.objectContaining({ to: 'confirmed' }));
    });

    it('stays when the order was paid in the last moment: it can no longer be cancelled', async () => {
      await shop.fault('payment_intents.confirm', 'drop_after', 1);
      const id = await shop.place({
        policy: { reservationTtl: 4_000, retry: { attempts: 1, initial: 50, max: 200 } },
      });
      const trackingNumber = await shop.label(id);
      await shop.handle(id).cancel();
      await shop.carrierSays(trackingNumber, 'shipment.delivered');

      expect(await shop.closed(id)).toMatchObject({
        status: 'delivered',
        payment: 'captured',
        endReason: null,
      });
      expect(await refunds(id)).toEqual([]);
      expect(await times(id, 'payment.captured')).toBe(1);
    });
  });
});

// A shop of its own: its books and the gateway's differ until somebody looks, which no other order may.
describe('money that was given back by hand at the gateway', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open();
  });
  afterAll(async () => {
    try {
      await checkInvariants(shop.databaseUrl, undefined, shop.inbox);
    } finally {
      await shop.close();
    }
  });

  it('is not given back again, and leaves the order to a person', async () => {
    await shop.fault('shipments.create', 'drop_before', 3);
    const id = await shop.place({ postalCode: '00000' });
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    await shop.stripe.refunds.create({ payment_intent: parked.intentId ?? '' });
    await shop.answer(id, 'ship', 'retry');

    const stuck = await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'charge'));
    expect(stuck).toMatchObject({
      status: 'cancelling',
      payment: 'captured',
      closedAt: null,
      attention: [{ kind: 'parked', step: 'charge', reason: expect.stringMatching(/^refund_/) }],
    });
    expect(await refundsOf(shop, id)).toEqual(PAID_BACK);
    await shop.handle(id).terminate();
  });
});
