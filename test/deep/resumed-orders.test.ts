import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { AttentionRecord } from '#libs/persistence/orders/order-record';

import { eventually } from '../support/eventually.js';
import { answerLost, findLost, loseRun, runsOf } from '../support/lost-run.js';
import { emailOf, type Wanted } from '../support/orders.js';
import { ProductLock } from '../support/product-lock.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** More than any test's attempts of a step. */
const STAYS = 10_000;
const PATIENT: Partial<OrderPolicy> = { retry: { attempts: 10_000, initial: 50, max: 200 } };
const HELD: Partial<OrderPolicy> = { captureMode: 'on_shipment' };

type End = 'delivered' | 'cancelled' | 'declined' | 'lost';

/** A state in which an order loses its run. */
interface State {
  readonly wanted?: Wanted;
  /** Brings it there. */
  readonly reach: (shop: WorkflowHarness, id: OrderId) => Promise<unknown>;
  /** What happens while there is no run. */
  readonly meanwhile?: (shop: WorkflowHarness, id: OrderId) => Promise<unknown>;
  /** How it ends, as without the loss; delivered by default. */
  readonly end?: End;
}

const CONFIRMED = 'confirmed';
const DELIVERED = 'has been delivered';
const CANCELLED = 'cancelled';
const ENDS: Readonly<Record<End, { order: object; mails: readonly string[] }>> = {
  delivered: {
    order: { status: 'delivered', payment: 'captured', fulfilment: 'delivered' },
    mails: [CONFIRMED, DELIVERED],
  },
  cancelled: {
    order: { status: 'cancelled', payment: 'refunded', fulfilment: 'released' },
    mails: [CANCELLED],
  },
  declined: {
    order: { status: 'rejected', payment: 'voided', endReason: { code: 'payment_declined' } },
    mails: [],
  },
  lost: { order: { status: 'undelivered', payment: 'refunded', fulfilment: 'returned' }, mails: [] },
};

const pays = (payment: string) => (shop: WorkflowHarness, id: OrderId) =>
  shop.until(id, (order) => order.payment === payment);
const parks = (step: string) => (shop: WorkflowHarness, id: OrderId) =>
  shop.until(id, ({ attention }) => attention.some((open) => open.step === step));
const waitsFor = (step: string) => (shop: WorkflowHarness, id: OrderId) =>
  shop.until(id, ({ waits }) => waits.some((wait) => wait.step === step && wait.lastError !== null));
const authenticates = async (shop: WorkflowHarness, id: OrderId) => {
  const { intentId } = await shop.store.orders.get(id);
  await shop.ask('POST', `/sandbox/payment-intents/${intentId}/shopper`, { does: 'authenticate' });
  await shop.runs.requestPaymentSync(id);
};
const breaks =
  (operation: string, then: State['reach']): State['reach'] =>
  async (shop, id) => {
    // Not with a 500: the outcome of a refund is unclear then, and an attention is opened.
    await shop.fault(operation, '429', STAYS);
    return then(shop, id);
  };
const isAsked = async (shop: WorkflowHarness, id: OrderId) => {
  const order = await shop.store.orders.get(id);
  const by = 'service:shop';
  await shop.store.cancellations.request(order, by);
  await shop.runs.requestCancellation({ orderId: id, by, policy: order.policy });
};
/** The refund's own run, which is not lost, opens an attention, too, when its email cannot be sent. */
const refundMailLeftOut = async (shop: WorkflowHarness, id: OrderId) => {
  const isIt = ({ step, refundId }: AttentionRecord) => step === 'notify' && refundId !== null;
  const order = await shop.until(id, ({ attention }) => attention.some(isIt));
  const attentionId = order.attention.find(isIt)?.id ?? '';
  const answer = { action: 'skip', by: 'service:operator' } as const;
  await shop.store.attention.resolve(order, attentionId, { ...answer, note: null });
  await shop.runs.resolveAttention({ attentionId, orderId: id, ...answer });
};
const mailsFail = (shop: WorkflowHarness) => {
  shop.inbox.answer = { code: 451, times: STAYS };
};
const parcelReports =
  (type: 'shipment.picked_up' | 'shipment.delivered' | 'shipment.returned'): State['reach'] =>
  async (shop, id) =>
    shop.carrierSays(await shop.label(id), type);
const tries = async (shop: WorkflowHarness, id: OrderId, method: string) => {
  const request = { principal: 'shop', operation: 'attempt', key: `${id}${method}`, requestHash: '' };
  const order = await shop.store.orders.get(id);
  const asked = await shop.store.paymentAttempts.request(order, request, { method, by: 'service:shop' });
  if (typeof asked === 'string') throw new Error(asked);
  await shop.runs.attemptPayment(asked);
};

/** With a fault scripted before the order is placed: it affects the first call of the order. */
const STATES: Readonly<
  Record<string, State & { readonly before?: (shop: WorkflowHarness) => Promise<unknown> | void }>
> = {
  'its goods are set aside, and the charge is not begun': {
    wanted: { policy: { graceBeforeCharge: 3_000 } },
    reach: (shop, id) => shop.until(id, ({ fulfilment }) => fulfilment === 'reserved'),
  },
  'the charge is under way': {
    before: (shop) => shop.fault('payment_intents.confirm', 'slow', 1, 1_500),
    reach: (shop, id) => shop.until(id, ({ intentId }) => intentId !== null),
  },
  'the charge is parked': {
    before: (shop) => shop.fault('payment_intents.create', '500', STAYS),
    reach: parks('charge'),
  },
  'the shopper is to act': {
    wanted: { method: 'pm_card_threeDSecure2Required' },
    reach: pays('requires_action'),
  },
  'the shopper is to act, and does while no run is there': {
    wanted: { method: 'pm_card_threeDSecure2Required' },
    reach: pays('requires_action'),
    meanwhile: async (shop, id) => {
      await authenticates(shop, id);
      await pays('captured')(shop, id);
    },
  },
  'another card may be tried, and is while no run is there': {
    wanted: { method: 'pm_card_visa_chargeDeclined', policy: { declineWindow: 20_000 } },
    reach: pays('declined'),
    meanwhile: (shop, id) => tries(shop, id, 'pm_card_visa'),
  },
  'its card was declined, and the intent cannot be canceled': {
    before: (shop) => shop.fault('payment_intents.cancel', '500', STAYS),
    wanted: { method: 'pm_card_visa_chargeDeclined' },
    reach: waitsFor('charge'),
    end: 'declined',
  },
  'it is paid and has no label': {
    before: (shop) => shop.fault('shipments.create', '500', STAYS),
    wanted: { policy: PATIENT },
    reach: waitsFor('ship'),
  },
  'its label is parked': {
    before: (shop) => shop.fault('shipments.create', '500', STAYS),
    reach: parks('ship'),
  },
  'its label is parked, and its money is only held': {
    before: (shop) => shop.fault('shipments.create', '500', STAYS),
    wanted: { policy: HELD },
    reach: parks('ship'),
  },
  'its capture is parked': {
    before: (shop) => shop.fault('payment_intents.capture', '500', STAYS),
    wanted: { policy: HELD },
    reach: parks('capture'),
  },
  'its parcel waits': { reach: (shop, id) => shop.label(id) },
  'its parcel waits, and is picked up and delivered while no run is there': {
    reach: (shop, id) => shop.label(id),
    meanwhile: async (shop, id) => {
      await parcelReports('shipment.picked_up')(shop, id);
      await parcelReports('shipment.delivered')(shop, id);
    },
  },
  'its confirmation cannot be sent': { before: mailsFail, reach: parks('confirm') },
  'its parcel is in transit': { reach: parcelReports('shipment.picked_up') },
  'its parcel is overdue': {
    wanted: { policy: { deliveryDeadline: 500 } },
    reach: parks('deliver'),
  },
  'the delivery mail cannot be sent': {
    reach: async (shop, id) => {
      const trackingNumber = await shop.label(id);
      await eventually(
        async () => shop.inbox.to(emailOf(await shop.store.orders.get(id))).length,
        (mails) => mails > 0,
      );
      mailsFail(shop);
      await shop.carrierSays(trackingNumber, 'shipment.delivered');
      await parks('notify')(shop, id);
    },
  },
  'it is to be cancelled, and the request is stored only after its run was lost': {
    reach: (shop, id) => shop.label(id),
    meanwhile: isAsked,
    end: 'cancelled',
  },
  'it is being cancelled, and the label cannot be': {
    reach: async (shop, id) => {
      await shop.label(id);
      await breaks('shipments.cancel', isAsked)(shop, id);
      await waitsFor('ship')(shop, id);
    },
    end: 'cancelled',
  },
  'it is being cancelled, and the refund cannot be made': {
    reach: async (shop, id) => {
      await shop.label(id);
      await breaks('refunds.create', isAsked)(shop, id);
      await waitsFor('charge')(shop, id);
    },
    end: 'cancelled',
  },
  'it is cancelled, and the mail of that cannot be sent': {
    reach: async (shop, id) => {
      await shop.label(id);
      mailsFail(shop);
      await isAsked(shop, id);
      await refundMailLeftOut(shop, id);
      await parks('notify')(shop, id);
    },
    end: 'cancelled',
  },
  'its parcel came back, and the refund cannot be made': {
    reach: async (shop, id) => {
      await breaks('refunds.create', parcelReports('shipment.returned'))(shop, id);
      await waitsFor('charge')(shop, id);
    },
    end: 'lost',
  },
};

describe('an order that another run resumes, lost when', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const mended = async () => {
    shop.inbox.answer = undefined;
    await shop.clearFaults();
  };
  /** The carrier delivers what was not delivered before. */
  async function finish(id: OrderId, end: End): Promise<void> {
    const { status } = await shop.store.orders.get(id);
    if (end !== 'delivered' || status === 'delivered') return;
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
  }
  /** The emails to the shopper, each as often as it came; kinds outside this table are left out. */
  const snapshot = async (id: OrderId) => {
    const order = await shop.store.orders.get(id);
    return shop.inbox
      .subjectsTo(emailOf(order))
      .flatMap((subject) => [DELIVERED, CANCELLED, CONFIRMED].filter((kind) => subject?.endsWith(kind)))
      .toSorted();
  };

  it.each(Object.entries(STATES))('%s, ends as an undisturbed one', async (_name, state) => {
    await state.before?.(shop);
    const id = await shop.place(state.wanted);
    await state.reach(shop, id);
    await loseRun(shop, id);
    await state.meanwhile?.(shop, id);
    await mended();
    if ((await runsOf(shop, id)) === 1) expect(await answerLost(shop, id, 'restart')).toBe('resolved');
    const end = state.end ?? 'delivered';
    if (state.wanted?.method?.includes('threeDSecure')) {
      if ((await shop.store.orders.get(id)).payment === 'requires_action') await authenticates(shop, id);
    }
    await finish(id, end);
    const order = await shop.closed(id);
    expect(order).toMatchObject({ ...ENDS[end].order, waits: [], attention: [] });
    expect(await runsOf(shop, id)).toBe(2);
    expect((await shop.intents(id)).map(({ status }) => status)).toEqual([
      end === 'declined' ? 'canceled' : 'succeeded',
    ]);
    const mails = ENDS[end].mails;
    const seen = await snapshot(id);
    expect(seen.filter((mail) => mails.includes(mail))).toEqual(mails.toSorted());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('nothing was done yet, ends as an undisturbed one', async () => {
    const lock = await ProductLock.take(shop.databaseUrl, { reading: false });
    const id = await shop.place();
    await lock.awaited();
    await shop.handle(id).terminate('lost');
    await lock.release();
    await findLost(shop, id);
    await answerLost(shop, id, 'restart');
    await finish(id, 'delivered');
    expect(await shop.closed(id)).toMatchObject(ENDS.delivered.order);
  });
});
