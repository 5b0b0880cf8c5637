import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, it } from 'vitest';

import { orderActivities } from '../../apps/worker/activities/activities.js';
import { OrderActivityInterceptor } from '../../apps/worker/activity.interceptor.js';
import { attentionResolved } from '#libs/contracts/order-workflow';
import type { OrderId } from '#libs/order/order-id';
import type { Intent } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import type { Carrier } from '#libs/shipping/carrier';
import type { Report } from '#libs/store/inbox.repository';
import { OrderRuns } from '#libs/temporal/order-runs';

import { eventually } from '../support/eventually.js';
import { acceptOrder } from '../support/orders.js';
import { useWorkshop } from '../support/use-workshop.js';
import type { Workshop } from '../support/workshop.js';

/** A worker's line to Temporal, which can be cut. */
class CutLine extends OrderRuns {
  cut = false;
  /** Orders whose run could not be told. */
  readonly untold: OrderId[] = [];

  override async reportShipment(report: Report): Promise<void> {
    if (this.cut) {
      this.untold.push(report.orderId);
      throw new Error('14 UNAVAILABLE');
    }
    await super.reportShipment(report);
  }
}

/** A gateway whose answer to a charge stays on its way until it is let through. */
class HeldAnswer extends StripeGateway {
  arrives = false;

  override async confirmIntent(...request: Parameters<StripeGateway['confirmIntent']>): Promise<Intent> {
    const intent = await super.confirmIntent(...request);
    await eventually(() => this.arrives, Boolean);
    return intent;
  }
}

/** A carrier that is asked to cancel a label, and hears of it once it is let through. */
class HeldCancellation implements Carrier {
  held = false;

  constructor(private readonly carrier: Carrier) {}

  createShipment(...request: Parameters<Carrier['createShipment']>) {
    return this.carrier.createShipment(...request);
  }

  findShipment(...request: Parameters<Carrier['findShipment']>) {
    return this.carrier.findShipment(...request);
  }

  async cancelShipment(...request: Parameters<Carrier['cancelShipment']>) {
    await eventually(() => !this.held, Boolean);
    return this.carrier.cancelShipment(...request);
  }
}

describe('when two things happen at once', () => {
  let shop: Workshop;
  let line: CutLine;
  let carrier: HeldCancellation;
  useWorkshop(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real, { client }) => {
        line = new CutLine(client, real.store);
        carrier = new HeldCancellation(real.carrier);
        return { ...real, runs: line, carrier };
      },
    },
  );
  afterEach(() => {
    line.cut = false;
    carrier.held = false;
  });

  const refunds = async (id: OrderId) => {
    const [intent] = await shop.intents(id);
    const { data } = await shop.stripe.refunds.list({ payment_intent: intent?.id ?? '' });
    return data.map(({ amount }) => amount);
  };
  const found = async (id: OrderId, status: string) =>
    eventually(
      () => shop.list(`OrderStatus = "${status}" AND WorkflowId = "${shop.handle(id).workflowId}"`),
      (ids) => ids.length === 1,
    );
  /** Mails are put off for as long as a test needs, and nobody is asked about them. */
  const MAIL_OUTAGE = { code: 451, times: 10_000 };
  const patient = { retry: { attempts: 1_000, initial: 200, max: 500 } };

  describe('the parcel and a cancellation', () => {
    it.each([
      ['the carrier knows of it', true],
      ['the carrier cancels the label all the same', false],
    ])(
      'goes on when the pick-up is reported while the label is being cancelled, and %s',
      async (_, knows) => {
        carrier.held = true;
        const id = await shop.place();
        const trackingNumber = await shop.label(id);
        await shop.handle(id).cancel();
        await shop.until(id, ({ status }) => status === 'cancelling');
        if (knows)
          await shop.ask('POST', `/sandbox/shipments/${trackingNumber}/events`, {
            type: 'shipment.picked_up',
          });
        await shop.carrierSays(trackingNumber, 'shipment.picked_up');
        carrier.held = false;
        await eventually(
          () => shop.eventTypes(id),
          (types) => types.includes('cancellation.refused'),
        );
        await found(id, 'shipped');
        expect(await shop.store.orders.get(id)).toMatchObject({
          status: 'shipped',
          payment: 'captured',
          fulfilment: 'shipped',
          shipments: [{ status: 'picked_up' }],
          attention: [],
        });

        await shop.carrierSays(trackingNumber, 'shipment.delivered');
        expect(await shop.closed(id)).toMatchObject({
          status: 'delivered',
          payment: 'captured',
          endReason: null,
        });
        expect(await refunds(id)).toEqual([]);
      },
    );

    it('ends as the operator said when a cancellation came between the answer and its hearing', async () => {
      const id = await shop.place({ policy: { deliveryDeadline: 4_000 } });
      await shop.label(id);
      const overdue = await shop.until(id, ({ attention }) => attention.length > 0);
      const answer = {
        attentionId: overdue.attention[0]?.id ?? '',
        action: 'fail',
        by: 'service:operator',
      } as const;
      await shop.store.attention.resolve(overdue, answer.attentionId, { ...answer, note: null });
      await shop.handle(id).cancel();
      await eventually(
        () => shop.eventTypes(id),
        (types) => types.includes('cancellation.refused'),
      );
      await shop.runs.resolveAttention({ ...answer, orderId: id });

      expect(await shop.closed(id)).toMatchObject({
        status: 'undelivered',
        payment: 'refunded',
        fulfilment: 'lost',
        endReason: { code: 'lost', by: 'service:operator' },
        attention: [],
      });
      expect(await refunds(id)).toEqual([3980]);
      // Not only after the deadline has passed again.
      const { events } = await shop.handle(id).fetchHistory();
      const afterwards = (events ?? []).slice(
        events?.findIndex(
          ({ workflowExecutionSignaledEventAttributes: signal }) =>
            signal?.signalName === attentionResolved.name,
        ),
      );
      expect(afterwards.filter(({ timerFiredEventAttributes: fired }) => fired)).toEqual([]);
    });

    it('is applied, and holds up nothing, when its run cannot be told; the sweeper tells it', async () => {
      await shop.fault('shipments.create', 'drop_after', 1);
      // Until the carrier can be asked what became of the label, its number is not known.
      await shop.fault('shipments.lookup', '500', 10_000);
      const id = await shop.place({ policy: patient });
      const [parcel] = await shop.parcels(id);
      if (!parcel) throw new Error('the carrier has no parcel');
      line.cut = true;
      // Before the shop knows the parcel's number.
      await shop.carrierSays(parcel.trackingNumber, 'shipment.picked_up');
      await shop.clearFaults();
      await shop.until(id, ({ status }) => status === 'shipped');
      await eventually(
        () => line.untold,
        (orders) => orders.includes(id),
      );
      line.cut = false;

      await shop.database
        .$executeRaw`UPDATE inbox_event SET applied_at = applied_at - interval '1 hour' WHERE order_id = ${id}::uuid`;
      await shop.sweeper.sweep();
      await found(id, 'shipped');
      await shop.carrierSays(parcel.trackingNumber, 'shipment.delivered');
      expect(await shop.closed(id)).toMatchObject({ status: 'delivered', attention: [] });
      expect(await shop.eventTypes(id)).not.toContain('order.parked');
    });

    it('opens an attention when it travels after it was declared lost', async () => {
      const id = await shop.place({ policy: { deliveryDeadline: 300 } });
      const trackingNumber = await shop.label(id);
      await shop.answer(id, 'deliver', 'fail');
      await shop.closed(id);
      await shop.carrierSays(trackingNumber, 'shipment.in_transit');

      expect(await shop.store.orders.get(id)).toMatchObject({
        status: 'undelivered',
        payment: 'refunded',
        fulfilment: 'lost',
        attention: [{ kind: 'contradicting_event', reason: 'shipment.in_transit' }],
      });
    });
  });

  describe('an outage', () => {
    it('of the mail keeps no shopper waiting for the money of a parcel that came back', async () => {
      shop.inbox.answer = MAIL_OUTAGE;
      const id = await shop.place();
      const trackingNumber = await shop.label(id);
      // The confirmation is given up, until somebody says how to go on.
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
      // Nobody is told that an order is confirmed which has come back.
      expect(shop.inbox.to(order.customer.email)).toEqual([]);
      expect(await refunds(id)).toEqual([3980]);
    });

    it('of the mail hides no delivery from whoever searches in Temporal', async () => {
      shop.inbox.answer = MAIL_OUTAGE;
      const id = await shop.place({ policy: patient });
      await shop.carrierSays(await shop.label(id), 'shipment.delivered');
      await found(id, 'delivered');
      expect(await shop.store.orders.get(id)).toMatchObject({ status: 'delivered', closedAt: null });

      shop.inbox.answer = undefined;
      const order = await shop.closed(id);
      expect(shop.inbox.to(order.customer.email)).toHaveLength(2);
    });

    it('of the carrier while it is asked for an overdue parcel leaves the wait for the delivery', async () => {
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

    it('of the gateway after a window for remorse is waited out until a time that is still to come', async () => {
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

    it('that makes the carrier refuse to be asked is not a refusal of the parcel', async () => {
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

  describe('an attempt that was overtaken', () => {
    it('changes nothing, and leaves nothing that the order would seem to wait for', async () => {
      const gateway = new HeldAnswer(shop.parts.gatewayOptions);
      const { chargePayment, reserveStock } = orderActivities({ ...shop.ports, gateway }).orders;
      const interceptor = new OrderActivityInterceptor(shop.store.waits, shop.ports.logger);
      const environment = new MockActivityEnvironment(
        { activityType: 'chargePayment', attempt: 1 },
        { logger: new DefaultLogger('ERROR') },
      );
      const { id, policy } = await acceptOrder(shop.store);
      await reserveStock(id);
      const overtaken = environment
        .run(() => interceptor.execute({ args: [id], headers: {} }, () => chargePayment(id)))
        .catch((error: unknown) => error);
      await eventually(
        () => shop.intents(id),
        ([intent]) => intent?.status === 'succeeded',
      );
      await shop.runs.start(id, policy);
      const trackingNumber = await shop.label(id);
      gateway.arrives = true;

      expect(await overtaken).toMatchObject({ type: 'Outage', message: 'overtaken' });
      expect((await shop.store.orders.get(id)).waits).toMatchObject([{ step: 'deliver', lastError: null }]);
      expect((await shop.eventTypes(id)).filter((type) => type === 'payment.captured')).toHaveLength(1);
      await shop.carrierSays(trackingNumber, 'shipment.delivered');
      await shop.closed(id);
    });
  });

  describe('a person', () => {
    it('who answers through Temporal is heard, and the order shows nothing open any more', async () => {
      await shop.fault('shipments.create', '500', 3);
      const id = await shop.place();
      const parked = await shop.until(id, ({ attention }) => attention.length > 0);
      const attentionId = parked.attention[0]?.id ?? '';
      await shop.handle(id).signal(attentionResolved, { attentionId, action: 'retry', by: 'temporal' });

      const trackingNumber = await shop.label(id);
      // The label is known a moment before its step is shown as done.
      const going = await shop.until(id, ({ waits }) => waits.every(({ step }) => step === 'deliver'));
      expect(going).toMatchObject({ attention: [], waits: [{ step: 'deliver', lastError: null }] });
      expect(await shop.eventTypes(id)).toContain('order.resumed');
      await shop.carrierSays(trackingNumber, 'shipment.delivered');
      await shop.closed(id);
    });

    it('who acknowledged that a run was terminated is not told again, nor while the delivery is waited for', async () => {
      const id = await shop.place();
      await shop.label(id);
      await shop.handle(id).terminate('by hand');
      const sweepLater = async () => {
        await shop.database
          .$executeRaw`UPDATE orders SET look_at = look_at - interval '2 hours' WHERE id = ${id}::uuid`;
        await shop.sweeper.sweep();
      };
      await sweepLater();
      const flagged = await shop.store.orders.get(id);
      expect(flagged).toMatchObject({
        attention: [{ kind: 'run_closed', reason: 'terminated' }],
        waits: [{ step: 'deliver' }],
      });

      const attentionId = flagged.attention[0]?.id ?? '';
      const by = 'service:operator';
      await shop.store.attention.resolve(flagged, attentionId, { action: 'acknowledge', note: null, by });
      await sweepLater();
      await sweepLater();
      expect(await shop.store.orders.get(id)).toMatchObject({ attention: [] });
    });

    it('who asks why an order was rejected reads which product was short', async () => {
      const id = await shop.place({
        lines: [
          { sku: 'MUG-BLUE', quantity: 1 },
          { sku: 'SOLD-OUT', quantity: 1 },
        ],
      });
      await shop.closed(id);
      const trail = await shop.store.orders.events(id);
      expect(trail).toContainEqual(
        expect.objectContaining({ type: 'inventory.refused', changes: { short: ['SOLD-OUT'] } }),
      );
      expect(trail.at(-1)).toMatchObject({
        type: 'order.rejected',
        changes: { status: { from: 'pending', to: 'rejected' }, endReason: 'out_of_stock' },
      });
    });
  });
});
