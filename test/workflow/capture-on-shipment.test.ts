import { describe, expect, it } from 'vitest';

import { paymentReported } from '#libs/contracts/workflows/order-workflow';
import { LEDGER_KINDS } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Intent, PaymentGateway } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import { PaymentSync } from '../../apps/worker/activities/payments/payment-sync.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const policy = { captureMode: 'on_shipment' } as const;

describe('a payment that is held until the parcel has its label', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const booked = async (id: OrderId) => {
    const kinds = (await shop.store.ledger.ofOrder(id)).map(({ kind, amount }) => ({ kind, amount }));
    return kinds.toSorted((a, b) => LEDGER_KINDS.indexOf(a.kind) - LEDGER_KINDS.indexOf(b.kind));
  };
  const HELD = [
    { kind: 'authorized', amount: 3980 },
    { kind: 'hold_released', amount: 3980 },
  ];

  it('is captured once the label exists', async () => {
    const id = await shop.place({ policy });
    await shop.label(id);
    await shop.until(id, ({ payment }) => payment === 'captured');
    const types = await shop.eventTypes(id);
    expect(types.indexOf('payment.authorized')).toBeLessThan(types.indexOf('shipment.created'));
    expect(types.indexOf('shipment.created')).toBeLessThan(types.indexOf('payment.captured'));

    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    expect(await booked(id)).toEqual([...HELD, { kind: 'captured', amount: 3980 }]);
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    await recordHistory(shop.handle(id), 'captured-on-shipment');
  });

  it('is voided when the carrier refuses the parcel: nothing was ever captured', async () => {
    const id = await shop.place({ policy, postalCode: '00000' });
    const order = await shop.closed(id);
    expect(order).toMatchObject({ status: 'cancelled', payment: 'voided', fulfilment: 'released' });
    expect(await booked(id)).toEqual(HELD);
    expect(await shop.intents(id)).toMatchObject([{ status: 'canceled', amount_received: 0 }]);
    expect(shop.inbox.ofKind('cancellation', emailOf(order))[0]?.text).toContain('You have not been charged');
  });

  it('cancels the parcel when the hold has lapsed by then', async () => {
    await shop.fault('shipments.create', '500', 1_000);
    const id = await shop.place({ policy: { ...policy, retry: { attempts: 100, initial: 300, max: 500 } } });
    const { intentId } = await shop.until(id, ({ payment }) => payment === 'authorized');
    await shop.ask('POST', `/sandbox/payment-intents/${intentId}/lapse`);
    await shop.clearFaults();
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'voided',
      fulfilment: 'released',
      endReason: { code: 'payment_voided', by: 'workflow' },
      shipments: [{ status: 'cancelled' }],
    });
    expect(await booked(id)).toEqual(HELD);
    await recordHistory(shop.handle(id), 'cancelled-hold-lapsed');
  });

  it('is given up by an operator when it has lapsed and the parcel is gone', async () => {
    await shop.fault('shipments.create', '500', 1_000);
    const id = await shop.place({ policy: { ...policy, retry: { attempts: 100, initial: 300, max: 500 } } });
    const { intentId } = await shop.until(id, ({ payment }) => payment === 'authorized');
    await shop.ask('POST', `/sandbox/payment-intents/${intentId}/lapse`);
    await shop.clearFaults();
    await shop.fault('shipments.cancel', 'refuse', 1);
    await shop.answer(id, 'capture', 'fail');
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({
      status: 'delivered',
      payment: 'voided',
      fulfilment: 'delivered',
      attention: [],
    });
    expect(await booked(id)).toEqual(HELD);
  });

  it('is captured once, although its answer was lost', async () => {
    await shop.fault('payment_intents.capture', 'drop_after', 1);
    const id = await shop.place({ policy });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    expect(await booked(id)).toEqual([...HELD, { kind: 'captured', amount: 3980 }]);
  });

  it('costs nothing where there is nothing to pay', async () => {
    const id = await shop.place({ policy, lines: [{ sku: 'GIFT', quantity: 1 }] });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'not_required' });
  });
});

/** A gateway whose holds lapse in half a day and a bit. */
class ShortHolds extends StripeGateway {
  override async confirmIntent(...request: Parameters<PaymentGateway['confirmIntent']>): Promise<Intent> {
    const intent = await super.confirmIntent(...request);
    return intent.status === 'authorized'
      ? { ...intent, holdUntil: new Date(Date.now() + HALF_A_DAY) }
      : intent;
  }
}
const HALF_A_DAY = 12 * 3_600_000 + 1_500;

describe('a payment whose hold is about to lapse', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    { ports: (real, { gatewayOptions }) => ({ ...real, gateway: new ShortHolds(gatewayOptions) }) },
  );

  it('is voided half a day before, when there is no label yet, and the order cancelled', async () => {
    await shop.fault('shipments.create', '500', 10_000);
    const id = await shop.place({
      policy: { ...policy, retry: { attempts: 1_000, initial: 100, max: 300 } },
    });
    const order = await shop.until(id, ({ status }) => status === 'cancelled');
    expect(order).toMatchObject({
      payment: 'voided',
      fulfilment: 'released',
      endReason: { code: 'authorization_expiring', by: 'workflow' },
    });
    expect(await shop.intents(id)).toMatchObject([{ status: 'canceled', amount_received: 0 }]);
    await shop.closed(id);
  });

  it.each(['captured', 'partially_refunded'] as const)(
    'does not end the order once it is reported as %s',
    async (state) => {
      await shop.fault('shipments.create', '500', 10_000);
      const id = await shop.place({
        policy: { ...policy, retry: { attempts: 1_000, initial: 100, max: 300 } },
      });
      const { intentId, holdUntil } = await shop.until(id, ({ payment }) => payment === 'authorized');
      await shop.stripe.paymentIntents.capture(intentId ?? '', { amount_to_capture: 500 });
      // The process that booked the capture died before it could report it to the run.
      const notSent = async () => Promise.resolve();
      const noRuns = { reportPayment: notSent, reportRefund: notSent, startRefund: notSent };
      await new PaymentSync(shop.store, shop.ports.gateway, noRuns, shop.ports.logger).run(id);
      await shop.handle(id).signal(paymentReported, { state });
      await shop.until(id, ({ attention }) => attention.some(({ kind }) => kind === 'amount_differs'));
      const labelDue = Date.parse(holdUntil ?? '') - 12 * 3_600_000;
      await eventually(
        async () => Date.now(),
        (now) => now > labelDue + 500,
      );
      expect(await shop.store.orders.get(id)).toMatchObject({ status: 'confirmed', payment: 'captured' });
      await shop.clearFaults();
      await shop.answer(id, 'ship', 'fail');
      expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded' });
    },
  );

  it('ends no order whose label is made in time', async () => {
    const id = await shop.place({ policy });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
  });
});
