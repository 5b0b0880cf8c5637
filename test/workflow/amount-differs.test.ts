import { describe, expect, it } from 'vitest';

import { LEDGER_KINDS } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';

import { Reconciliation } from '../../apps/worker/reconciliation/reconciliation.js';
import { StripeRecords } from '#libs/payments/stripe.records';

import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const TAKEN = 500;
const policy = { captureMode: 'on_shipment', retry: { attempts: 1_000, initial: 100, max: 300 } } as const;

describe('a held payment, captured in part by hand while the carrier is down', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const booked = async (id: OrderId) => {
    const kinds = (await shop.store.ledger.ofOrder(id)).map(({ kind, amount }) => ({ kind, amount }));
    return kinds.toSorted((a, b) => LEDGER_KINDS.indexOf(a.kind) - LEDGER_KINDS.indexOf(b.kind));
  };
  const RECEIVED = [
    { kind: 'authorized', amount: 3980 },
    { kind: 'hold_released', amount: 3980 },
    { kind: 'captured', amount: TAKEN },
  ];
  const parcelsOf = async (id: OrderId) => (await shop.store.orders.get(id)).shipments;

  /** An order of which a part was taken, with its parcel still to be made. @returns its id */
  const partlyTaken = async (): Promise<OrderId> => {
    await shop.fault('shipments.create', '500', 10_000);
    const id = await shop.place({ policy });
    const { intentId } = await shop.until(id, ({ waits }) => waits.some(({ step }) => step === 'ship'));
    await shop.stripe.paymentIntents.capture(intentId ?? '', { amount_to_capture: TAKEN });
    return id;
  };
  /** The same, reported by the gateway's webhook. */
  const known = async (): Promise<OrderId> => {
    const id = await partlyTaken();
    await shop.runs.requestPaymentSync(id);
    await shop.until(id, ({ payment }) => payment === 'captured');
    await shop.clearFaults();
    return id;
  };
  const asked = (id: OrderId, step: 'ship' | 'capture') =>
    shop.until(id, ({ attention }) =>
      attention.some((open) => open.kind === 'amount_differs' && open.step === step),
    );
  const differences = async (id: OrderId) => {
    const books = new StripeRecords(shop.parts.gatewayOptions);
    const nothingToSettle = { run: async () => undefined };
    const comparison = new Reconciliation(shop.store, books, nothingToSettle, shop.ports.logger, true);
    await comparison.examine(id, new Date(Date.now() + 1_000));
    return (await shop.store.discrepancies.list({ state: 'open', limit: 100 })).filter(
      ({ orderId }) => orderId === id,
    );
  };

  it('is booked as it is, and the parcel waits for an operator', async () => {
    const id = await known();
    expect(await asked(id, 'ship')).toMatchObject({
      status: 'confirmed',
      payment: 'captured',
      fulfilment: 'reserved',
      totals: { total: 3980 },
      attention: [{ kind: 'amount_differs', step: 'ship', reason: 'paid_less' }],
      shipments: [],
    });
    expect(await booked(id)).toEqual(RECEIVED);
    expect(await differences(id)).toEqual([]);
    await shop.answer(id, 'ship', 'fail');
    await shop.closed(id);
  });

  it('is enough where the operator accepts it: the parcel leaves, and no more can be refunded', async () => {
    const id = await known();
    await asked(id, 'ship');
    await shop.answer(id, 'ship', 'accept');
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      totals: { total: 3980 },
      acceptedAmount: TAKEN,
      attention: [],
      waits: [],
    });
    await shop.refund(id, TAKEN);
    await shop.until(id, ({ payment }) => payment === 'refunded');
    expect(await booked(id)).toEqual([
      ...RECEIVED,
      { kind: 'refund_requested', amount: TAKEN },
      { kind: 'refund_succeeded', amount: TAKEN },
    ]);
    expect(await shop.refunds(id)).toMatchObject([{ amount: TAKEN, status: 'succeeded' }]);
    expect(await differences(id)).toEqual([]);
    await recordHistory(shop.handle(id), 'amount-accepted');
  });

  it('is refunded where the operator does not: the order is cancelled', async () => {
    const stock = await shop.stock('MUG-BLUE');
    const id = await known();
    await asked(id, 'ship');
    await shop.answer(id, 'ship', 'fail');
    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      endReason: { code: 'operator_failed', by: 'service:operator' },
      attention: [],
    });
    expect(await shop.refunds(id)).toMatchObject([{ amount: TAKEN, status: 'succeeded' }]);
    expect(await shop.stock('MUG-BLUE')).toEqual(stock);
    expect(shop.inbox.ofKind('cancellation', emailOf(order))[0]?.text).toContain('€5.00');
    expect(await differences(id)).toEqual([]);
    await recordHistory(shop.handle(id), 'amount-failed');
  });

  it.each([
    ['accept', 'delivered', 'captured'],
    ['fail', 'cancelled', 'refunded'],
  ] as const)('is noticed at the capture without a webhook: %s', async (answer, status, payment) => {
    const id = await partlyTaken();
    await shop.clearFaults();
    await asked(id, 'capture');
    expect(await booked(id)).toEqual(RECEIVED);
    expect(await parcelsOf(id)).toMatchObject([{ status: 'label_created' }]);
    await shop.answer(id, 'capture', answer);
    if (answer === 'accept') await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status, payment, attention: [] });
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: TAKEN }]);
    expect(await differences(id)).toEqual([]);
  });

  it('is refunded in full when the shopper cancels meanwhile', async () => {
    const id = await known();
    await asked(id, 'ship');
    await shop.handle(id).cancel();
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded', attention: [] });
    expect(await shop.refunds(id)).toMatchObject([{ amount: TAKEN, status: 'succeeded' }]);
  });

  it('needs no attention where all of it is captured', async () => {
    await shop.fault('shipments.create', '500', 10_000);
    const id = await shop.place({ policy });
    const { intentId } = await shop.until(id, ({ waits }) => waits.some(({ step }) => step === 'ship'));
    await shop.stripe.paymentIntents.capture(intentId ?? '');
    await shop.clearFaults();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured', attention: [] });
  });
});
