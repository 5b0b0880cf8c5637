import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const retry = { attempts: 1_000, initial: 50, max: 200 };
const OTHER = '019b7654-0000-7000-8000-000000000002';
/** As many as it takes until a step is parked. */
const ALWAYS = 6;

describe('an answer that contradicts its request', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const wrong = (operation: string, times: number, changes: object) =>
    shop.ask('POST', '/sandbox/wrong-answers', { operation, times, changes });
  const parked = (id: OrderId, reason: string) =>
    shop.until(id, ({ attention }) => attention.some((open) => open.reason === reason));
  const deliver = async (id: OrderId) => shop.carrierSays(await shop.label(id), 'shipment.delivered');
  const delivered = { status: 'delivered', payment: 'captured', attention: [], waits: [] };

  it.each([
    ['payment_intents.create', { currency: 'usd' }],
    ['payment_intents.confirm', { metadata: { orderId: OTHER } }],
    ['payment_intents.confirm', { id: 'pi_another' }],
    ['payment_intents.confirm', { status: 'paid_in_shells' }],
    ['payment_intents.confirm', { amount_received: 'plenty' }],
    ['shipments.create', { reference: OTHER }],
    ['shipments.create', { trackingNumber: 7 }],
  ])('passes, because it comes only once: %s, %j', async (operation, changes) => {
    await wrong(operation, 1, changes);
    const id = await shop.place({ policy: { retry } });
    await deliver(id);
    expect(await shop.closed(id)).toMatchObject(delivered);
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    expect(await shop.parcels(id)).toHaveLength(1);
  });

  it.each([
    ['payment_intents.create', { amount: 398 }, 'intent_amount_differs'],
    ['payment_intents.create', { metadata: { orderId: OTHER } }, 'intent_order_differs'],
    ['payment_intents.create', { status: 'succeeded', amount_received: 3980 }, 'intent_state_differs'],
  ])('keeps an intent from being used: %s, %j', async (operation, changes, reason) => {
    await wrong(operation, ALWAYS, changes);
    const id = await shop.place({ policy: { retry } });
    expect(await parked(id, reason)).toMatchObject({
      status: 'pending',
      payment: 'none',
      booked: {},
      intentId: null,
      attention: [{ kind: 'parked', step: 'charge' }],
    });
    // The compensation needs no intent either, although each answer to it would be as wrong.
    await wrong(operation, 1_000, changes);
    await shop.answer(id, 'charge', 'fail');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'none',
      fulfilment: 'released',
      attention: [],
    });
    await shop.ask('DELETE', '/sandbox/wrong-answers');
  });

  it('is not booked, and opens an attention: another currency at the charge', async () => {
    await wrong('payment_intents.confirm', 1, { currency: 'usd' });
    await wrong('payment_intents.retrieve', ALWAYS - 1, { currency: 'usd' });
    const id = await shop.place({ policy: { retry } });
    expect(await parked(id, 'intent_currency_differs')).toMatchObject({
      status: 'pending',
      payment: 'none',
      booked: {},
      attention: [{ kind: 'parked', step: 'charge' }],
    });
    await shop.answer(id, 'charge', 'retry');
    await deliver(id);
    expect(await shop.closed(id)).toMatchObject({ ...delivered, booked: { captured: 3980 } });
  });

  it('is looked up again where it has another amount than the refund', async () => {
    await wrong('refunds.create', 1, { amount: 1 });
    const id = await shop.place({ postalCode: '00000', policy: { retry } });
    // The answer was wrong, the refund is not.
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded', attention: [] });
    expect(await shop.refunds(id)).toMatchObject([{ amount: 3980, status: 'succeeded' }]);
  });

  it('takes no intent for canceled that is another', async () => {
    await wrong('payment_intents.cancel', 1, { id: 'pi_another' });
    const id = await shop.place({ method: 'pm_card_chargeDeclined', policy: { retry } });
    expect(await shop.closed(id)).toMatchObject({ status: 'rejected', payment: 'voided', attention: [] });
    expect(await shop.intents(id)).toMatchObject([{ status: 'canceled' }]);
  });

  it('changes nothing at a sync, and opens one attention', async () => {
    const id = await shop.place({ policy: { captureMode: 'on_shipment', retry } });
    await shop.until(id, ({ payment }) => payment === 'captured');
    await shop.label(id);
    await wrong('payment_intents.retrieve', 1, { currency: 'usd', amount_received: 99 });
    await shop.runs.requestPaymentSync(id);
    const detail = await parked(id, 'intent_currency_differs');
    expect(detail).toMatchObject({
      payment: 'captured',
      booked: { captured: 3980 },
      attention: [{ kind: 'contradicting_answer', step: 'charge' }],
    });
    await shop.answer(id, 'charge', 'acknowledge');
    await wrong('payment_intents.retrieve', 1, { currency: 'usd' });
    await shop.runs.requestPaymentSync(id);
    await eventually(
      () => shop.ask('GET', '/sandbox/wrong-answers'),
      (left) => JSON.stringify(left) === '{"data":[]}',
    );
    await deliver(id);
    expect(await shop.closed(id)).toMatchObject(delivered);
  });

  it('is a label that was cancelled at the carrier: nothing is sent under it', async () => {
    await wrong('shipments.create', 1, { status: 'cancelled' });
    const id = await shop.place({ policy: { retry } });
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      endReason: { code: 'carrier_refused' },
      shipments: [],
    });
  });

  it.each(['reference_cancelled', 'address_refused'])(
    'is no cancelled label where the carrier answers otherwise: %s',
    async (code) => {
      const id = await shop.place({ policy: { retry } });
      await shop.label(id);
      const text = JSON.stringify({ error: { code, message: '' } });
      await shop.ask('POST', '/sandbox/wrong-answers', { operation: 'shipments.cancel', status: 422, text });
      await shop.handle(id).cancel();
      // It is looked up again, and nothing stays reserved.
      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'refunded',
        fulfilment: 'released',
        shipments: [{ status: 'cancelled' }],
      });
    },
  );
});
