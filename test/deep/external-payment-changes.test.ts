import { afterEach, describe, expect, it } from 'vitest';

import type { Ports } from '../../apps/worker/activities/activities.js';
import type { OrderId } from '#libs/domain/order/order-id';

import { Deaths, DyingStore } from '../support/dying.js';
import { eventually } from '../support/eventually.js';
import { HoldablePort } from '../support/held-port.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** Changes of an order's books between a decision and its last statement, at held moments. */
describe('an order whose books change while its run works', () => {
  const moments = new Deaths();
  let shop: WorkflowHarness;
  let gateway: HoldablePort<Ports['gateway']>;
  let carrier: HoldablePort<Ports['carrier']>;
  let runs: HoldablePort<Ports['runs']>;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real, { database }) => {
        gateway = new HoldablePort(real.gateway);
        carrier = new HoldablePort(real.carrier);
        runs = new HoldablePort(real.runs);
        const store = new DyingStore(database, moments);
        return { ...real, store, gateway: gateway.port, carrier: carrier.port, runs: runs.port };
      },
    },
  );
  afterEach(() => {
    moments.assertStruck();
  });

  const refunds = async (id: OrderId) =>
    (await shop.refunds(id)).map(({ amount, status }) => ({ amount, status }));
  const subjects = async (id: OrderId) => {
    const order = await shop.store.orders.get(id);
    return shop.inbox
      .to(emailOf(order))
      .filter(({ messageId }) => !/^<(?:confirmation|refund)\./.test(messageId ?? ''))
      .map(({ subject }) => subject?.replace(order.number, '…'));
  };
  const TOLD_ONCE = ['Your order … is cancelled'];

  describe('because its payment is released', () => {
    const policy = { captureMode: 'on_shipment' } as const;
    const impatient = { attempts: 1, initial: 50, max: 200 };
    const patient = { attempts: 1_000, initial: 50, max: 200 };

    const lapses = async (id: OrderId) => {
      const { intentId } = await shop.until(id, ({ payment }) => payment === 'authorized');
      await shop.ask('POST', `/sandbox/payment-intents/${intentId}/lapse`);
    };
    const isCanceledByHand = async (id: OrderId) => {
      const { intentId } = await shop.until(id, ({ payment }) => payment === 'authorized');
      await shop.stripe.paymentIntents.cancel(intentId ?? '');
    };
    /** The gateway reports it, and the books have it. */
    const heard = async (id: OrderId) => {
      await shop.runs.requestPaymentSync(id);
      await shop.until(id, ({ payment }) => payment === 'voided');
    };
    const timersFired = async (id: OrderId) => {
      const { events } = await shop.handle(id).fetchHistory();
      return (events ?? []).filter(({ timerFiredEventAttributes: fired }) => fired).length;
    };

    interface Moment {
      readonly when: string;
      /** Holds an order at the moment, then resumes it. */
      readonly pass: () => Promise<OrderId>;
    }

    const MOMENTS: readonly Moment[] = [
      {
        when: 'after the authorization was written, with its answer still to come',
        pass: async () => {
          const held = moments.hold('payment.authorized');
          const id = await shop.place({ policy });
          await held.stopped;
          await lapses(id);
          await heard(id);
          held.release();
          return id;
        },
      },
      {
        when: 'by hand at the gateway, at the same moment',
        pass: async () => {
          const held = moments.hold('payment.authorized');
          const id = await shop.place({ policy });
          await held.stopped;
          await isCanceledByHand(id);
          await heard(id);
          held.release();
          return id;
        },
      },
      {
        when: 'and the time to pay passes before the answer comes',
        pass: async () => {
          const held = moments.hold('payment.authorized');
          const id = await shop.place({ policy: { ...policy, reservationTtl: 5_000 } });
          await held.stopped;
          await lapses(id);
          await heard(id);
          await eventually(
            () => timersFired(id),
            (fired) => fired > 0,
          );
          held.release();
          return id;
        },
      },
      {
        when: 'after the time to pay has passed and the payment was found to be in time',
        pass: async () => {
          // The authorization is written, its answer lost, and the next attempt too late to be made.
          moments.after('payment.authorized');
          const looks = gateway.hold('readPayment', 'leaving');
          const id = await shop.place({
            policy: {
              ...policy,
              reservationTtl: 5_000,
              retry: { attempts: 5, initial: 10_000, max: 10_000 },
            },
          });
          await looks.stopped;
          await lapses(id);
          looks.release();
          return id;
        },
      },
      {
        when: 'while its label is put off',
        pass: async () => {
          await shop.fault('shipments.create', '500', 10_000);
          const id = await shop.place({ policy: { ...policy, retry: patient } });
          await lapses(id);
          await heard(id);
          return id;
        },
      },
      {
        when: 'while its label is put off, with its run not signalled yet',
        pass: async () => {
          const report = runs.hold('reportPayment', 'leaving');
          await shop.fault('shipments.create', '500', 10_000);
          const id = await shop.place({ policy: { ...policy, retry: patient } });
          await lapses(id);
          await heard(id);
          await report.stopped;
          await shop.clearFaults();
          await shop.until(id, ({ status }) => status === 'cancelled');
          report.release();
          return id;
        },
      },
      {
        when: 'while its label waits for a person',
        pass: async () => {
          await shop.fault('shipments.create', '500', 10_000);
          const id = await shop.place({ policy: { ...policy, retry: impatient } });
          await shop.until(id, ({ attention }) => attention.length > 0);
          await lapses(id);
          await heard(id);
          return id;
        },
      },
      {
        when: 'and nothing tells of it before its capture',
        pass: async () => {
          const label = carrier.hold('createShipment', 'answered');
          const id = await shop.place({ policy });
          await label.stopped;
          await lapses(id);
          label.release();
          return id;
        },
      },
      {
        when: 'while its label is being made',
        pass: async () => {
          const label = carrier.hold('createShipment', 'answered');
          const id = await shop.place({ policy });
          await label.stopped;
          await lapses(id);
          await heard(id);
          label.release();
          return id;
        },
      },
      {
        when: 'while its capture waits for a person',
        pass: async () => {
          await shop.fault('payment_intents.capture', '500', 10_000);
          const id = await shop.place({ policy: { ...policy, retry: impatient } });
          await shop.until(id, ({ attention }) => attention.length > 0);
          await lapses(id);
          await heard(id);
          return id;
        },
      },
    ];

    it.each(MOMENTS.map((moment) => [moment.when, moment] as const))(
      'is cancelled for that, holds no goods, and its shopper is emailed once: %s',
      async (_, { pass }) => {
        const stock = await shop.stock('MUG-BLUE');
        const id = await pass();
        const order = await shop.closed(id);

        expect(order).toMatchObject({
          status: 'cancelled',
          payment: 'voided',
          fulfilment: 'released',
          endReason: { code: 'payment_voided', by: 'workflow' },
          attention: [],
          waits: [],
        });
        expect(order.shipments.filter(({ status }) => status !== 'cancelled')).toEqual([]);
        expect(await shop.intents(id)).toMatchObject([{ status: 'canceled', amount_received: 0 }]);
        expect(await shop.stock('MUG-BLUE')).toEqual(stock);
        expect(await subjects(id)).toEqual(TOLD_ONCE);
        expect(await shop.handle(id).result()).toBe('cancelled');
      },
    );

    it('is cancelled by its shopper, where that request comes at the same moment', async () => {
      const held = moments.hold('payment.authorized');
      const id = await shop.place({ policy });
      await held.stopped;
      await lapses(id);
      await heard(id);
      await shop.handle(id).cancel();
      held.release();

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'voided',
        fulfilment: 'released',
        endReason: { code: 'cancelled', by: 'temporal' },
        attention: [],
      });
      expect(await subjects(id)).toEqual(TOLD_ONCE);
    });

    it('continues with a parcel picked up meanwhile, and opens an attention', async () => {
      await shop.fault('payment_intents.capture', '500', 10_000);
      const id = await shop.place({ policy: { ...policy, retry: impatient } });
      await shop.until(id, ({ attention }) => attention.length > 0);
      await shop.carrierSays(await shop.label(id), 'shipment.picked_up');
      await lapses(id);
      await heard(id);
      await shop.until(id, ({ attention }) => attention.some(({ reason }) => reason === 'payment_voided'));
      await shop.answer(id, 'capture', 'fail');
      await shop.carrierSays(await shop.label(id), 'shipment.delivered');

      expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'voided', attention: [] });
    });
  });

  describe('because money comes back to it', () => {
    /** A shopper's bank disputes a part of the payment. @returns what has the bank return it */
    const disputed = async (id: OrderId, amount: number) => {
      const { intentId } = await shop.until(id, ({ payment }) => payment === 'captured');
      await shop.ask('POST', '/sandbox/disputes', { payment_intent: intentId, amount });
      await shop.runs.requestPaymentSync(id);
      const { dispute } = await shop.until(id, (order) => order.dispute !== null);
      return async () => {
        await shop.ask('POST', `/sandbox/disputes/${dispute?.id}`, { becomes: 'won' });
        await shop.runs.requestPaymentSync(id);
        await shop.until(id, (order) => order.dispute?.status === 'won');
      };
    };
    const acknowledge = async (id: OrderId) => {
      const order = await shop.store.orders.get(id);
      for (const { id: attentionId } of order.attention)
        await shop.store.attention.resolve(order, attentionId, {
          action: 'acknowledge',
          note: null,
          by: 'service:operator',
        });
    };
    /** An operator's refund that is written in full: a moment held afterwards is not one of its own. */
    const refundedByOperator = async (id: OrderId) => {
      await shop.refund(id, 500);
      await eventually(
        () => shop.eventTypes(id),
        (types) => types.includes('refund.created'),
      );
      const [made] = await shop.refunds(id);
      return made;
    };
    it('refunds what a dispute returned after its refund, ends cancelled, and emails once', async () => {
      const stock = await shop.stock('MUG-BLUE');
      const id = await shop.place();
      await shop.label(id);
      const won = await disputed(id, 500);
      await acknowledge(id);
      const held = moments.hold('refund.requested');
      await shop.handle(id).cancel();
      await held.stopped;
      await won();
      expect(await subjects(id)).not.toContain(TOLD_ONCE[0]);
      held.release();

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        fulfilment: 'released',
        endReason: { code: 'cancelled' },
        attention: [],
        waits: [],
      });
      expect((await refunds(id)).toSorted((a, b) => a.amount - b.amount)).toEqual([
        { amount: 500, status: 'succeeded' },
        { amount: 3480, status: 'succeeded' },
      ]);
      expect(await shop.stock('MUG-BLUE')).toEqual(stock);
      expect((await subjects(id)).filter((subject) => subject === TOLD_ONCE[0])).toEqual(TOLD_ONCE);
      expect(await shop.handle(id).result()).toBe('cancelled');
    });

    it.each(['refund.created', 'inventory.released', 'order.cancelled'])(
      "refunds the money of an operator's refund that failed after %s",
      async (event) => {
        const id = await shop.place({ method: 'pm_sandbox_pendingRefundFails' });
        await shop.label(id);
        const early = await refundedByOperator(id);
        const held = moments.hold(event);
        await shop.handle(id).cancel();
        await held.stopped;
        await shop.ask('POST', `/sandbox/refunds/${early?.id}`, { becomes: 'failed' });
        await shop.runs.requestPaymentSync(id);
        await shop.until(id, ({ attention }) => attention.some(({ kind }) => kind === 'refund_failed'));
        held.release();

        const order = await shop.closed(id);
        expect(order).toMatchObject({ status: 'cancelled', attention: [{ kind: 'refund_failed' }] });
        const made = (await refunds(id)).filter(({ status }) => status !== 'failed');
        expect(made.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([500, 3480]);
        expect((await subjects(id)).filter((subject) => subject === TOLD_ONCE[0])).toEqual(TOLD_ONCE);
      },
    );

    it('refunds what comes back after a parcel that did not arrive was refunded', async () => {
      const id = await shop.place({ method: 'pm_sandbox_pendingRefundFails' });
      const trackingNumber = await shop.label(id);
      const early = await refundedByOperator(id);
      const held = moments.hold('refund.requested');
      await shop.carrierSays(trackingNumber, 'shipment.returned');
      await held.stopped;
      await shop.ask('POST', `/sandbox/refunds/${early?.id}`, { becomes: 'failed' });
      await shop.runs.requestPaymentSync(id);
      await shop.until(id, ({ attention }) => attention.some(({ kind }) => kind === 'refund_failed'));
      held.release();

      expect(await shop.closed(id)).toMatchObject({ status: 'undelivered' });
      const made = (await refunds(id)).filter(({ status }) => status !== 'failed');
      expect(made.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([500, 3480]);
    });

    it('opens an attention, and ends, when its refund came back', async () => {
      const id = await shop.place({ method: 'pm_sandbox_pendingRefundFails' });
      await shop.label(id);
      const held = moments.hold('inventory.released');
      await shop.handle(id).cancel();
      await held.stopped;
      const [made] = await shop.refunds(id);
      await shop.ask('POST', `/sandbox/refunds/${made?.id}`, { becomes: 'failed' });
      await shop.runs.requestPaymentSync(id);
      await shop.until(id, ({ attention }) => attention.some(({ kind }) => kind === 'refund_failed'));
      held.release();

      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'captured',
        attention: [{ kind: 'refund_failed' }],
      });
      expect(await refunds(id)).toEqual([{ amount: 3980, status: 'failed' }]);
    });
  });
});
