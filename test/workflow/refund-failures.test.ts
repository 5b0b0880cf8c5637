import { afterEach, describe, expect, it } from 'vitest';

import { refundWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { Refusal } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import type { GatewayRefund } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';

import { eventually } from '../support/eventually.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** A gateway that refuses refunds, or answers them in an unexpected form. */
class StubbornBank extends StripeGateway {
  trouble: 'none' | 'refusing' | 'gibberish' = 'none';
  /** When each refund was requested, in milliseconds. */
  readonly asked: number[] = [];

  override async createRefund(request: Parameters<StripeGateway['createRefund']>[0]): Promise<GatewayRefund> {
    this.asked.push(Date.now());
    if (this.trouble === 'gibberish') throw new TypeError('not a refund');
    if (this.trouble === 'refusing') throw new Refusal('charge_not_refundable');
    return super.createRefund(request);
  }
}

/** The amounts and statuses of the gateway's refunds. */
const refundsOf = async (shop: WorkflowHarness, id: OrderId) =>
  (await shop.refunds(id)).map(({ amount, status }) => ({ amount, status }));

const PAID_BACK = [{ amount: 3980, status: 'succeeded' }];

describe('a refund that does not succeed at once', () => {
  let shop: WorkflowHarness;
  let bank: StubbornBank;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real, { gatewayOptions }) => {
        bank = new StubbornBank(gatewayOptions);
        return { ...real, gateway: bank };
      },
    },
  );
  afterEach(() => {
    bank.trouble = 'none';
  });

  const refunds = (id: OrderId) => refundsOf(shop, id);
  const row = async (id: OrderId) => (await shop.store.refunds.ofOrder(id))[0];
  const refundRun = (id: OrderId) => shop.client.workflow.getHandle(refundWorkflowId(id));
  /** The gateway decides about a refund, and its webhook causes a sync. */
  const decide = async (id: OrderId, becomes: 'succeeded' | 'failed') => {
    const [refund] = await shop.refunds(id);
    await shop.ask('POST', `/sandbox/refunds/${refund?.id}`, { becomes });
    await shop.runs.requestPaymentSync(id);
  };
  /** An order that the carrier refuses once it is paid. */
  const takenBack = (method: string) => shop.place({ postalCode: '00000', method });

  it('is not called returned because the gateway refused; stock waits for it, with an attention', async () => {
    bank.trouble = 'refusing';
    const id = await takenBack('pm_card_visa');
    const stuck = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(stuck).toMatchObject({
      status: 'cancelling',
      payment: 'captured',
      fulfilment: 'reserved',
      closedAt: null,
      attention: [{ kind: 'parked', step: 'charge', reason: 'refund_charge_not_refundable' }],
    });
    expect(await refunds(id)).toEqual([]);
    expect(await row(id)).toMatchObject({ state: 'requested', amount: 3980 });

    bank.trouble = 'none';
    await shop.answer(id, 'charge', 'retry');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      attention: [],
    });
    expect(await refunds(id)).toEqual(PAID_BACK);
    expect(await refundRun(id).result()).toBe('succeeded');
  });

  it("has failed when the shopper's bank has the money: the order ends, with an attention", async () => {
    // As the gateway answers for a payment that is disputed.
    await shop.fault('refunds.create', 'refuse', 1);
    const id = await takenBack('pm_card_visa');

    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'cancelled',
      payment: 'captured',
      fulfilment: 'released',
      attention: [{ kind: 'refund_failed', reason: 'charge_disputed' }],
    });
    expect(await row(id)).toMatchObject({ state: 'failed', failure: 'charge_disputed' });
    expect(await refundRun(id).result()).toBe('failed');
    const [mail, ...more] = shop.inbox.ofKind('cancellation', emailOf(order));
    expect(mail?.text).not.toMatch(/giving|not been charged/);
    expect(more).toEqual([]);
  });

  it('holds up no end once it exists, and is checked until it has succeeded', async () => {
    const stock = await shop.stock('MUG-BLUE');
    const id = await takenBack('pm_card_pendingRefund');
    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'cancelled',
      payment: 'captured',
      fulfilment: 'released',
      attention: [],
      waits: [],
    });
    expect(await refunds(id)).toEqual([{ amount: 3980, status: 'pending' }]);
    expect(await row(id)).toMatchObject({ state: 'pending', settledAt: null });
    expect(await shop.stock('MUG-BLUE')).toEqual(stock);
    const [mail, ...more] = shop.inbox.ofKind('cancellation', emailOf(order));
    expect(mail?.text).toContain('€39.80');
    expect(more).toEqual([]);

    expect(shop.inbox.ofKind('refund', emailOf(order))).toEqual([]);

    await decide(id, 'succeeded');
    await shop.until(id, ({ payment }) => payment === 'refunded');
    expect(await refundRun(id).result()).toBe('succeeded');
    expect(shop.inbox.ofKind('refund', emailOf(order))).toHaveLength(1);
    expect(await row(id)).toMatchObject({ state: 'succeeded', settledAt: expect.any(String) });
  });

  it.each([
    ['while it is pending', 'pm_sandbox_pendingRefundFails', 'captured'],
    ['after it had succeeded', 'pm_card_refundFail', 'refunded'],
  ])('that fails %s is owed again, with an attention', async (_, method, before) => {
    const id = await takenBack(method);
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: before, attention: [] });

    await decide(id, 'failed');
    const failed = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(failed).toMatchObject({
      status: 'cancelled',
      payment: 'captured',
      attention: [{ kind: 'refund_failed' }],
    });
    expect(await row(id)).toMatchObject({ state: 'failed' });
    expect(await refunds(id)).toEqual([{ amount: 3980, status: 'failed' }]);
  });

  it('is retried at growing intervals while the fault is ours, for a small history', async () => {
    bank.trouble = 'gibberish';
    bank.asked.length = 0;
    const id = await shop.place({
      postalCode: '00000',
      policy: { retry: { attempts: 1, initial: 50, max: 1_000 } },
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

// A separate shop: its books and the gateway's differ until an operator answers, which no other order may.
describe('money that was refunded by hand at the gateway', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    { booksDiffer: true },
  );

  it('is not refunded again: the order ends, with an attention for its failed refund', async () => {
    await shop.fault('shipments.create', 'drop_before', 3);
    const id = await shop.place({ postalCode: '00000' });
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    await shop.stripe.refunds.create({ payment_intent: parked.intentId ?? '' });
    await shop.answer(id, 'ship', 'retry');

    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      // A refund by hand is in the books only once an operator has adopted it.
      payment: 'captured',
      fulfilment: 'released',
      attention: [{ kind: 'refund_failed', reason: 'already_refunded' }],
    });
    expect(await shop.store.refunds.ofOrder(id)).toMatchObject([{ state: 'failed' }]);
    expect(await refundsOf(shop, id)).toEqual(PAID_BACK);
  });
});
