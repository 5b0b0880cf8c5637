import { describe, expect, it } from 'vitest';

import { refundWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Resolution, StepName } from '#libs/domain/order/steps';

import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** A step whose provider has failed at every attempt, and how an operator answers. */
interface Parked {
  readonly step: StepName;
  /** The sandbox's name of it; without one, the mail server defers the mail. */
  readonly operation?: string;
  readonly code: string;
  readonly answer: Resolution;
  readonly end: { status: string; payment: string };
  readonly intents: readonly string[];
  readonly emails: readonly ('confirmed' | 'delivered' | 'cancelled')[];
}

const DELIVERED = { status: 'delivered', payment: 'captured' };
const VOIDED = { status: 'cancelled', payment: 'voided' };
const BOTH = ['confirmed', 'delivered'] as const;

const create = { step: 'charge', operation: 'payment_intents.create', code: 'gateway_error' } as const;
const pay = { step: 'charge', operation: 'payment_intents.confirm', code: 'gateway_error' } as const;
const PARKED: readonly Parked[] = [
  { ...create, answer: 'retry', end: DELIVERED, intents: ['succeeded'], emails: BOTH },
  { ...create, answer: 'fail', end: VOIDED, intents: ['canceled'], emails: ['cancelled'] },
  { ...pay, answer: 'retry', end: DELIVERED, intents: ['succeeded'], emails: BOTH },
  { ...pay, answer: 'fail', end: VOIDED, intents: ['canceled'], emails: ['cancelled'] },
  {
    step: 'confirm',
    code: 'mail_busy',
    answer: 'retry',
    end: DELIVERED,
    intents: ['succeeded'],
    emails: BOTH,
  },
  {
    step: 'notify',
    code: 'mail_busy',
    answer: 'retry',
    end: DELIVERED,
    intents: ['succeeded'],
    emails: BOTH,
  },
  {
    step: 'notify',
    code: 'mail_busy',
    answer: 'skip',
    end: DELIVERED,
    intents: ['succeeded'],
    emails: ['confirmed'],
  },
];
/** As many attempts as the policy of the tests has. */
const PATIENCE = 3;

describe('a step that fails for good', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const emails = async (id: OrderId) => {
    const order = await shop.store.orders.get(id);
    return shop.inbox
      .subjectsTo(emailOf(order))
      .map((subject) => /confirmed|delivered|cancelled/.exec(subject ?? '')?.[0]);
  };
  /** Once the confirmation has arrived, the mail server answers so. */
  const mailServer = async (id: OrderId, answer: { code: number; times: number }) => {
    await shop.until(id, ({ shipments }) => shipments.length > 0);
    await expect.poll(() => emails(id), { timeout: 20_000 }).toEqual(['confirmed']);
    shop.inbox.answer = answer;
  };
  const deliver = async (id: OrderId) => shop.carrierSays(await shop.label(id), 'shipment.delivered');

  it.each(PARKED.map((parked) => [parked.step, parked.answer, parked.operation ?? 'SMTP', parked] as const))(
    'is parked, and ends as the operator answers: %s, %s (%s)',
    async (step, answer, _, { operation, code, end, ...once }) => {
      const stock = await shop.stock('MUG-BLUE');
      if (operation) await shop.fault(operation, '500', PATIENCE);
      if (step === 'confirm') shop.inbox.answer = { code: 451, times: PATIENCE };
      const id = await shop.place();
      if (step === 'notify') {
        await mailServer(id, { code: 451, times: PATIENCE });
        await deliver(id);
      }
      const parked = await shop.until(id, ({ attention }) => attention.length > 0);
      expect(parked).toMatchObject({
        closedAt: null,
        attention: [{ kind: 'parked', step, reason: code }],
      });
      expect(parked.waits).toContainEqual(
        // The attempt ahead of a step's own activity counts, and is not shown as one of it.
        expect.objectContaining({
          step,
          attempt: step === 'confirm' ? PATIENCE : PATIENCE - 1,
          nextTryAt: null,
          lastError: code,
        }),
      );

      await shop.answer(id, step, answer);
      if (end.status === 'delivered' && step !== 'notify') await deliver(id);
      expect(await shop.closed(id)).toMatchObject({ ...end, attention: [], waits: [] });
      expect((await shop.intents(id)).map(({ status }) => status)).toEqual(once.intents);
      expect(await emails(id)).toEqual(once.emails);
      const gone = end.status === 'delivered' ? 2 : 0;
      expect(await shop.stock('MUG-BLUE')).toEqual({ ...stock, onHand: stock.onHand - gone });
    },
  );

  it.each<{ step: StepName; email: 'confirmed' | 'delivered' }>([
    { step: 'confirm', email: 'delivered' },
    { step: 'notify', email: 'confirmed' },
  ])('is recorded and skipped when it is a mail refused for good: $step', async ({ step, email }) => {
    if (step === 'confirm') shop.inbox.answer = { code: 550, times: 1 };
    const id = await shop.place();
    if (step === 'notify') await mailServer(id, { code: 550, times: 1 });
    await deliver(id);

    expect(await shop.closed(id)).toMatchObject({ ...DELIVERED, endReason: null, attention: [] });
    expect(await emails(id)).toEqual([email]);
    const types = await shop.eventTypes(id);
    expect(types.filter((type) => type === 'email.refused')).toHaveLength(1);
  });

  it.each<{ answer: Resolution; sent: readonly string[] }>([
    { answer: 'retry', sent: ['cancelled'] },
    { answer: 'skip', sent: [] },
  ])('holds up no end when it is a cancellation email; then $answer', async ({ answer, sent }) => {
    const stock = await shop.stock('MUG-BLUE');
    const id = await shop.place({ method: 'pm_card_threeDSecure2Required' });
    await shop.until(id, ({ payment }) => payment === 'requires_action');
    shop.inbox.answer = { code: 451, times: PATIENCE };
    await shop.handle(id).cancel();
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(parked).toMatchObject({
      ...VOIDED,
      fulfilment: 'released',
      closedAt: null,
      attention: [{ kind: 'parked', step: 'notify', reason: 'mail_busy' }],
    });
    expect(await shop.stock('MUG-BLUE')).toEqual(stock);

    await shop.answer(id, 'notify', answer);
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', attention: [], waits: [] });
    expect(await emails(id)).toEqual(sent);
  });

  it('compensates an order although the mail server defers its confirmation', async () => {
    // However long it is retried, it does not keep the money.
    const policy = { retry: { attempts: 10_000, initial: 100, max: 200 } };
    await shop.fault('shipments.create', 'slow', 1, 1_000);
    shop.inbox.answer = { code: 451, times: 100_000 };
    const id = await shop.place({ postalCode: '00000', policy });
    await shop.until(id, ({ status, payment }) => status === 'cancelled' && payment === 'refunded');
    shop.inbox.answer = undefined;
    await shop.closed(id);
    await expect
      .poll(async () => shop.inbox.kindsTo(emailOf(await shop.store.orders.get(id))).toSorted(), {
        timeout: 20_000,
      })
      .toEqual(['cancellation', 'refund']);
  });

  it.each<{ answer: Resolution; mails: number }>([
    { answer: 'retry', mails: 1 },
    { answer: 'skip', mails: 0 },
  ])('holds up no refund when it is a refund email; then $answer', async ({ answer, mails }) => {
    const id = await shop.place();
    await deliver(id);
    await shop.closed(id);
    shop.inbox.answer = { code: 451, times: PATIENCE };
    const refundId = await shop.refund(id, 500);
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(parked).toMatchObject({
      payment: 'partially_refunded',
      attention: [{ kind: 'parked', step: 'notify', reason: 'mail_busy', refundId }],
    });
    await shop.answer(id, 'notify', answer);
    await shop.client.workflow.getHandle(refundWorkflowId(refundId)).result();
    const order = await shop.until(id, ({ attention }) => attention.length === 0);
    const kinds = shop.inbox.kindsTo(emailOf(order));
    expect(kinds.filter((kind) => kind === 'refund')).toHaveLength(mails);
    expect(await shop.refunds(id)).toMatchObject([{ amount: 500, status: 'succeeded' }]);
  });

  it('leaves money and goods where they are while the label cannot be cancelled at the carrier', async () => {
    const id = await shop.place();
    await shop.label(id);
    await shop.fault('shipments.cancel', '500', PATIENCE);
    await shop.handle(id).cancel();
    const stuck = await shop.until(id, ({ attention }) => attention.length > 0);
    // Nothing is refunded before it is known where the parcel is.
    expect(stuck).toMatchObject({
      status: 'cancelling',
      payment: 'captured',
      fulfilment: 'ready',
      attention: [{ kind: 'parked', step: 'ship', reason: 'carrier_error' }],
    });
    await shop.answer(id, 'ship', 'retry');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      attention: [],
      waits: [],
    });
  });

  it('leaves the goods where they are while a declined intent cannot be canceled', async () => {
    await shop.fault('payment_intents.cancel', '500', PATIENCE);
    const id = await shop.place({ method: 'pm_card_chargeDeclined' });
    const stuck = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(stuck).toMatchObject({
      status: 'pending',
      payment: 'declined',
      fulfilment: 'reserved',
      attention: [{ kind: 'parked', step: 'charge', reason: 'gateway_error' }],
    });
    await shop.answer(id, 'charge', 'retry');
    expect(await shop.closed(id)).toMatchObject({
      status: 'rejected',
      payment: 'voided',
      fulfilment: 'released',
      attention: [],
    });
  });
});
