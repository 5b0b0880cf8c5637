import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { script } from '../../dev/sandbox/test-sandbox.js';

import { asking } from '../support/prefer-wait.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

const DECLINED = 'pm_card_chargeDeclined';

describe('a shop that waits for the outcome of an order it has placed', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  const ask = (...call: Parameters<ReturnType<typeof asking>>) => asking(system)(...call);
  const confirmed = async () => {
    const { id } = await system.place();
    return system.until(id, ({ fulfilment }) => fulfilment === 'ready');
  };
  const declined = async () => {
    const { id } = await system.place({ payment: { method: DECLINED } });
    return system.until(id, ({ payment }) => payment === 'declined');
  };

  describe('by another card', () => {
    it('sees that it is being charged, though the gateway is slow, and then that it is paid', async () => {
      const { id, decline } = await declined();
      expect(decline).toEqual({ attempt: 1, code: 'generic_decline' });
      await script(system.sandbox, {
        operation: 'payment_intents.confirm',
        fault: 'slow',
        times: 1,
        delay: 1_500,
      });
      const paying = ask(`/orders/${id}/payment-attempts`, { method: 'pm_card_visa' }, 30).then(
        (found) => found,
      );
      const meanwhile = await system.until(id, ({ attempt }) => attempt === 2);
      expect(meanwhile).toMatchObject({ status: 'pending', payment: 'authorizing', decline });
      expect(await paying).toMatchObject({
        status: 200,
        headers: { location: `/orders/${id}`, 'preference-applied': 'wait=30' },
        body: { id, payment: 'captured', attempt: 2, decline: null },
      });
    });

    it('gets the decline, and its reason; and under its key the outcome of a third method', async () => {
      const { id } = await declined();
      const [path, key] = [`/orders/${id}/payment-attempts`, randomUUID()];
      const second = { method: 'pm_card_chargeDeclinedInsufficientFunds' };
      const { status, body } = await ask(path, second, 30, key);
      expect({ status, body }).toMatchObject({
        status: 402,
        body: { code: 'payment_declined', reason: 'insufficient_funds', orderId: id },
      });
      expect(await system.order(id)).toMatchObject({
        payment: 'declined',
        attempt: 2,
        decline: { attempt: 2, code: 'insufficient_funds' },
      });
      expect((await ask(path, { method: 'pm_card_visa' }, 30)).status).toBe(200);
      expect(await ask(path, second, 30, key)).toMatchObject({ status: 200, body: { id, attempt: 3 } });
    });

    it('does not wait for the shopper', async () => {
      const { id } = await declined();
      const method = 'pm_card_threeDSecure2Required';
      const answer = await ask(`/orders/${id}/payment-attempts`, { method }, 30);
      expect(answer).toMatchObject({ status: 202, body: { payment: 'requires_action', attempt: 2 } });
      expect((await ask(`/orders/${id}/cancellation`, {}, 30)).status).toBe(200);
    });
  });

  it('gets the cancellation', async () => {
    const { id } = await confirmed();
    const { status, headers, body } = await ask(`/orders/${id}/cancellation`, {}, 30);
    expect({ status, body }).toMatchObject({ status: 200, body: { state: 'accepted' } });
    expect(headers).toMatchObject({ 'preference-applied': 'wait=30' });
    expect(await ask(`/orders/${id}/cancellation`, {})).toMatchObject({ status: 202, body });
  });

  it('gets the refusal of a cancellation, and its reason', async () => {
    const { id } = await confirmed();
    await system.carrierSays(id, 'picked_up');
    await system.until(id, ({ status }) => status === 'shipped');
    const { status, body } = await ask(`/orders/${id}/cancellation`, {}, 30);
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { code: 'cancellation_refused', reason: 'already_shipped', orderId: id },
    });
  });

  it('gets a refund, or its failure and the reason', async () => {
    const { id } = await confirmed();
    const refund = { amount: 500, reason: 'goodwill', restock: false };
    const made = await ask(`/orders/${id}/refunds`, refund, 30);
    expect(made).toMatchObject({ status: 201, headers: { 'preference-applied': 'wait=30' } });
    expect(['pending', 'succeeded']).toContain(made.body.state);

    await script(system.sandbox, { operation: 'refunds.create', fault: 'refuse', times: 1 });
    const failed = await ask(`/orders/${id}/refunds`, refund, 30);
    expect(failed).toMatchObject({
      status: 409,
      body: { code: 'refund_failed', reason: expect.any(String), orderId: id },
    });
    const { body: shown } = await system.http.get(failed.headers['location'] ?? '').expect(200);
    expect(shown).toMatchObject({ state: 'failed', failure: failed.body.reason });

    const [attention] = (await system.order(id)).attention;
    expect(attention).toMatchObject({ kind: 'refund_failed', resolutions: ['acknowledge'] });
    const seen = await ask(
      `/orders/${id}/attention/${attention?.id}/resolution`,
      { action: 'acknowledge', note: 'Paid back by bank transfer.' },
      30,
    );
    expect(seen).toMatchObject({ status: 200, body: { attention: [] } });
  });

  it('gets that the order continued with an operator’s answer', async () => {
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const { id } = await system.place();
    const { attention } = await system.until(id, (order) => order.attention.length > 0);
    const path = `/orders/${id}/attention/${attention[0]?.id}/resolution`;
    expect(await ask(path, { action: 'retry' }, 30)).toMatchObject({ status: 200, body: { attention: [] } });
    await system.until(id, ({ fulfilment }) => fulfilment === 'ready');
  });
});
