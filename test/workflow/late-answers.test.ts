import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterEach, describe, expect, it } from 'vitest';

import { orderActivities } from '../../apps/worker/activities/activities.js';
import { OrderActivityInterceptor } from '../../apps/worker/telemetry/activity.interceptor.js';
import { attentionResolved } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Intent } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import type { Carrier } from '#libs/shipping/carrier';
import type { Report } from '#libs/persistence/fulfilment/inbox.repository';
import { OrderRuns } from '#libs/temporal/order-runs';

import { eventually } from '../support/eventually.js';
import { acceptOrder, emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** A worker's connection to Temporal, which can be cut. */
class CutLine extends OrderRuns {
  cut = false;
  /** Orders whose run could not be signalled. */
  readonly untold: OrderId[] = [];

  override async reportShipment(report: Report): Promise<void> {
    if (this.cut) {
      this.untold.push(report.orderId);
      throw new Error('14 UNAVAILABLE');
    }
    await super.reportShipment(report);
  }
}

/** A gateway whose answer to a charge is held until the test releases it. */
class HeldAnswer extends StripeGateway {
  arrives = false;

  override async confirmIntent(...request: Parameters<StripeGateway['confirmIntent']>): Promise<Intent> {
    const intent = await super.confirmIntent(...request);
    await eventually(() => this.arrives, Boolean);
    return intent;
  }
}

/** A carrier that receives the cancellation of a label only once the test releases the call. */
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

describe('when two events happen at once', () => {
  let shop: WorkflowHarness;
  let line: CutLine;
  let carrier: HeldCancellation;
  useWorkflowHarness(
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

  const refunds = async (id: OrderId) => (await shop.refunds(id)).map(({ amount }) => amount);
  const found = async (id: OrderId, status: string) =>
    eventually(
      () => shop.list(`OrderStatus = "${status}" AND WorkflowId = "${shop.handle(id).workflowId}"`),
      (ids) => ids.length === 1,
    );
  const manyAttempts = { retry: { attempts: 1_000, initial: 200, max: 500 } };

  describe('the parcel and a cancellation', () => {
    it.each([
      ['the carrier knows of it', true],
      ['the carrier cancels the label all the same', false],
    ])(
      'continues when the pick-up is reported while the label is being cancelled, and %s',
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

    it('ends as the operator answered when a cancellation came before the answer’s signal', async () => {
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

    it('is applied at once when its run cannot be signalled; the sweeper signals it', async () => {
      await shop.fault('shipments.create', 'drop_after', 1);
      // Until the carrier can be asked about the label, its number is not known.
      await shop.fault('shipments.lookup', '500', 10_000);
      const id = await shop.place({ policy: manyAttempts });
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
      const to = emailOf(await shop.store.orders.get(id));
      await eventually(
        () => shop.inbox.ofKind('shipped', to),
        ({ length }) => length === 1,
      );
      await shop.carrierSays(parcel.trackingNumber, 'shipment.delivered');
      expect(await shop.closed(id)).toMatchObject({ status: 'delivered', attention: [] });
      expect(await shop.eventTypes(id)).not.toContain('order.parked');
    });

    it('opens an attention when it moves after it was declared lost', async () => {
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

  describe('an attempt that was overtaken', () => {
    it('changes nothing, and leaves no wait of the order', async () => {
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

      expect(await overtaken).toMatchObject({ type: 'Outage', message: 'superseded' });
      expect((await shop.store.orders.get(id)).waits).toMatchObject([{ step: 'deliver', lastError: null }]);
      expect((await shop.eventTypes(id)).filter((type) => type === 'payment.captured')).toHaveLength(1);
      await shop.carrierSays(trackingNumber, 'shipment.delivered');
      await shop.closed(id);
    });
  });
});
