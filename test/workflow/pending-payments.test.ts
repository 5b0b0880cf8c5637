import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const CHALLENGED = 'pm_card_threeDSecure2Required';
const DECLINED = 'pm_card_visa_chargeDeclined';

describe('a payment that is pending', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const intentOf = async (id: OrderId) => {
    const { intentId } = await shop.store.orders.get(id);
    return intentId ?? '';
  };
  /** What the shopper does in the bank's window, and the provider's webhook of it. */
  const shopper = async (id: OrderId, does: 'authenticate' | 'fail') => {
    await shop.ask('POST', `/sandbox/payment-intents/${await intentOf(id)}/shopper`, { does });
    await shop.runs.requestPaymentSync(id);
  };
  const paying = (id: OrderId, payment: string) => shop.until(id, (order) => order.payment === payment);
  const delivered = async (id: OrderId) => {
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    return shop.closed(id);
  };
  /** Stores and signals an attempt as the API does for `POST /orders/{id}/payment-attempts`. */
  const tryAnother = async (id: OrderId, method: string) => {
    const attempt = await shop.store.paymentAttempts.request(
      await shop.store.orders.get(id),
      {
        principal: 'shop',
        operation: `POST /orders/${id}/payment-attempts`,
        key: method,
        requestHash: method,
      },
      { method, by: 'service:shop' },
    );
    if (typeof attempt === 'string') throw new Error(attempt);
    await shop.runs.attemptPayment(attempt);
  };

  describe('for the shopper to act', () => {
    it('continues as soon as they have', async () => {
      const id = await shop.place({ method: CHALLENGED });
      const waiting = await paying(id, 'requires_action');
      expect(waiting).toMatchObject({ status: 'pending', waits: [{ step: 'charge', lastError: null }] });
      expect(Date.parse(waiting.waits[0]?.deadline ?? '')).toBeGreaterThan(Date.now());

      await shopper(id, 'authenticate');
      expect(await delivered(id)).toMatchObject({ status: 'delivered', payment: 'captured', waits: [] });
      expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
      await recordHistory(shop.handle(id), 'paid-by-3d-secure');
    });

    it('continues although no webhook comes: the payment is synced', async () => {
      const id = await shop.place({ method: CHALLENGED, policy: { paymentWindow: 3_000 } });
      await paying(id, 'requires_action');
      await shop.ask('POST', `/sandbox/payment-intents/${await intentOf(id)}/shopper`, {
        does: 'authenticate',
      });
      expect(await delivered(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    });

    it('ends the order when they do not: intent canceled, stock released', async () => {
      const stock = await shop.stock('MUG-BLUE');
      const id = await shop.place({ method: CHALLENGED, policy: { paymentWindow: 1_000 } });
      const order = await shop.closed(id);
      expect(order).toMatchObject({
        status: 'rejected',
        payment: 'voided',
        fulfilment: 'released',
        endReason: { code: 'payment_expired', by: 'workflow' },
        waits: [],
      });
      expect(await shop.intents(id)).toMatchObject([{ status: 'canceled' }]);
      expect(await shop.stock('MUG-BLUE')).toEqual(stock);
      expect(shop.inbox.kindsTo(emailOf(order))).toEqual(['rejection']);
    });

    it('ends the order at once when they fail', async () => {
      const id = await shop.place({ method: CHALLENGED });
      await paying(id, 'requires_action');
      await shopper(id, 'fail');
      expect(await shop.closed(id)).toMatchObject({
        status: 'rejected',
        payment: 'voided',
        endReason: { code: 'payment_declined' },
      });
    });

    it('can be cancelled meanwhile', async () => {
      const id = await shop.place({ method: CHALLENGED });
      const order = await paying(id, 'requires_action');
      await shop.store.cancellations.request(order, 'service:shop');
      await shop.runs.requestCancellation({ orderId: id, by: 'service:shop', policy: order.policy });
      expect(await shop.closed(id)).toMatchObject({
        status: 'cancelled',
        payment: 'voided',
        endReason: { code: 'cancelled', by: 'service:shop' },
      });
      expect(await shop.store.cancellations.find(id)).toMatchObject({ state: 'accepted', code: null });
      expect(shop.inbox.subjectsTo(emailOf(order))).toEqual([`Your order ${order.number} is cancelled`]);
      expect(shop.inbox.to(emailOf(order))[0]?.text).toContain('You have not been charged');
    });
  });

  describe('for the provider to settle', () => {
    it('continues when it succeeds', async () => {
      const id = await shop.place({ method: 'pm_sandbox_processing' });
      await paying(id, 'processing');
      await shop.ask('POST', `/sandbox/payment-intents/${await intentOf(id)}`, { becomes: 'succeeded' });
      await shop.runs.requestPaymentSync(id);
      expect(await delivered(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    });

    it('ends the order when it fails', async () => {
      const id = await shop.place({ method: 'pm_sandbox_processingFails' });
      await paying(id, 'processing');
      await shop.ask('POST', `/sandbox/payment-intents/${await intentOf(id)}`, { becomes: 'failed' });
      await shop.runs.requestPaymentSync(id);
      expect(await shop.closed(id)).toMatchObject({
        status: 'rejected',
        endReason: { code: 'payment_declined' },
      });
    });
  });

  describe('for another card after a decline', () => {
    const policy = { declineWindow: 20_000 };

    it('continues with the one that is accepted, on the same intent', async () => {
      const id = await shop.place({ method: DECLINED, policy });
      const waiting = await paying(id, 'declined');
      expect(waiting).toMatchObject({ status: 'pending', fulfilment: 'reserved' });
      expect(waiting.decline).toEqual({ attempt: 1, code: 'generic_decline' });
      await tryAnother(id, 'pm_card_visa_chargeDeclinedInsufficientFunds');
      const again = await shop.until(id, ({ decline }) => decline?.attempt === 2);
      expect(again).toMatchObject({ payment: 'declined', decline: { code: 'insufficient_funds' } });
      await tryAnother(id, 'pm_card_mastercard');

      expect(await delivered(id)).toMatchObject({
        status: 'delivered',
        payment: 'captured',
        attempt: 3,
        decline: null,
      });
      expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
      await recordHistory(shop.handle(id), 'paid-by-second-card');
    });

    it('continues when the second one needs the shopper to act', async () => {
      const id = await shop.place({ method: DECLINED, policy });
      await paying(id, 'declined');
      await tryAnother(id, CHALLENGED);
      await paying(id, 'requires_action');
      await shopper(id, 'authenticate');
      expect(await delivered(id)).toMatchObject({ status: 'delivered', payment: 'captured', attempt: 2 });
    });

    it('continues after a method that the provider does not know', async () => {
      const id = await shop.place({ method: 'pm_card_unheard_of', policy });
      expect(await paying(id, 'declined')).toMatchObject({ decline: { code: 'payment_method_unknown' } });
      await tryAnother(id, 'pm_card_visa');
      expect(await delivered(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    });

    it('ends the order when none comes in time', async () => {
      const id = await shop.place({ method: DECLINED, policy: { declineWindow: 1_000 } });
      expect(await shop.closed(id)).toMatchObject({
        status: 'rejected',
        payment: 'voided',
        fulfilment: 'released',
        endReason: { code: 'payment_declined', by: 'workflow' },
        decline: { attempt: 1, code: 'generic_decline' },
      });
    });
  });
});
