import { orderActivities, type Ports } from '../../apps/worker/activities/activities.js';
import type { OrderId } from '#libs/domain/order/order-id';

import type { Wanted } from '../support/orders.js';

/** Activities as a worker has them, for a test that runs one by itself. */
export const activitiesOf = (ports: Ports) => {
  const { orders, email } = orderActivities(ports);
  return { ...orders, ...email };
};
type Act = (activities: ReturnType<typeof activitiesOf>, id: OrderId) => Promise<unknown>;

export const reserve: Act = ({ reserveStock }, id) => reserveStock(id);
const release: Act = ({ releaseStock }, id) => releaseStock(id);
export const charge: Act = ({ chargePayment }, id) => chargePayment(id);
const capture: Act = ({ capturePayment }, id) => capturePayment(id);
export const giveBack: Act = ({ reversePayment }, id) => reversePayment(id, 'cancelled');
/** The order's own refund bears its id. */
export const refund: Act = ({ createRefund }, id) => createRefund(id, id);
const ship: Act = ({ createShipment }, id) => createShipment(id);
const cancelLabel: Act = ({ cancelShipment }, id) => cancelShipment(id);
export const confirm: Act = ({ sendConfirmation }, id) => sendConfirmation(id);
const apologize: Act = ({ sendCancellationNotice }, id) => sendCancellationNotice(id);
const tellOfRefund: Act = ({ sendRefundNotice }, id) => sendRefundNotice(id, id);
const REASON = { code: 'cancelled', by: 'tests' } as const;
export const cancel: Act = ({ beginCancellation }, id) => beginCancellation(id, REASON);
const end: Act = ({ endOrder }, id) => endOrder(id, { status: 'cancelled', reason: REASON });

/** An effect that changes an outside system, or the stock. */
export interface Effect {
  readonly title: string;
  readonly wanted?: Wanted;
  /** The steps of an order that are done before this effect. */
  readonly prior: readonly Act[];
  readonly act: Act;
  /** What happened outside and in the books, however often it was tried. */
  readonly once: {
    readonly intents?: readonly string[];
    readonly refunds?: readonly number[];
    readonly parcels?: readonly string[];
    /** Emails, distinguished by their Message-ID. */
    readonly emails?: number;
    readonly held?: number;
  };
  /** The fact in the audit trail. */
  readonly fact: string;
  /** The operation that is called outside. */
  readonly call?: {
    readonly port: 'gateway' | 'carrier' | 'mailer';
    readonly method: string;
    /** The sandbox's name of it, and the key of an effect that may be looked up afterwards. */
    readonly operation?: string;
    readonly asked?: string;
  };
}

export const PAID = [reserve, charge];
export const EFFECTS: readonly Effect[] = [
  { title: 'a reservation', prior: [], act: reserve, once: { held: 2 }, fact: 'inventory.reserved' },
  { title: 'a release', prior: [reserve], act: release, once: { held: 0 }, fact: 'inventory.released' },
  {
    title: 'the creation of an intent',
    prior: [reserve],
    act: charge,
    once: { intents: ['succeeded'], refunds: [] },
    fact: 'payment.intent_created',
    call: { port: 'gateway', method: 'createIntent', operation: 'payment_intents.create' },
  },
  {
    title: 'a charge',
    prior: [reserve],
    act: charge,
    once: { intents: ['succeeded'], refunds: [] },
    fact: 'payment.captured',
    call: {
      port: 'gateway',
      method: 'confirmIntent',
      operation: 'payment_intents.confirm',
      asked: 'charge:1',
    },
  },
  {
    title: 'a void',
    wanted: { method: 'pm_card_chargeDeclined' },
    prior: [reserve, charge],
    act: giveBack,
    once: { intents: ['canceled'], refunds: [] },
    fact: 'payment.voided',
    call: { port: 'gateway', method: 'cancelIntent', operation: 'payment_intents.cancel', asked: 'void' },
  },
  {
    title: 'a capture',
    wanted: { policy: { captureMode: 'on_shipment' } },
    prior: PAID,
    act: capture,
    once: { intents: ['succeeded'], refunds: [] },
    fact: 'payment.captured',
    call: {
      port: 'gateway',
      method: 'captureIntent',
      operation: 'payment_intents.capture',
      asked: 'capture',
    },
  },
  {
    title: 'the booking of a refund',
    prior: [...PAID, cancel],
    act: giveBack,
    once: { intents: ['succeeded'], refunds: [] },
    fact: 'refund.requested',
  },
  {
    title: 'a refund',
    prior: [...PAID, cancel, giveBack],
    act: refund,
    once: { intents: ['succeeded'], refunds: [3980] },
    fact: 'refund.succeeded',
    call: { port: 'gateway', method: 'createRefund', operation: 'refunds.create', asked: 'refund' },
  },
  {
    title: 'a label',
    prior: PAID,
    act: ship,
    once: { parcels: ['label_created'] },
    fact: 'shipment.created',
    call: { port: 'carrier', method: 'createShipment', operation: 'shipments.create', asked: 'ship' },
  },
  {
    title: 'the cancelling of a label',
    prior: [...PAID, ship, cancel],
    act: cancelLabel,
    once: { parcels: ['cancelled'] },
    fact: 'shipment.cancelled',
    call: {
      port: 'carrier',
      method: 'cancelShipment',
      operation: 'shipments.cancel',
      asked: 'cancel-shipment',
    },
  },
  {
    title: 'a confirmation',
    prior: PAID,
    act: confirm,
    once: { emails: 1 },
    fact: 'email.sent',
    call: { port: 'mailer', method: 'send' },
  },
  {
    title: 'word of a refund',
    prior: [...PAID, cancel, giveBack, refund],
    act: tellOfRefund,
    once: { emails: 1 },
    fact: 'email.sent',
    call: { port: 'mailer', method: 'send' },
  },
  {
    title: 'word of a cancellation',
    prior: [reserve, cancel, end],
    act: apologize,
    once: { emails: 1 },
    fact: 'email.sent',
    call: { port: 'mailer', method: 'send' },
  },
];
export const CALLS = EFFECTS.flatMap(({ call, ...effect }) => (call ? [{ ...effect, call }] : []));
export const OPERATIONS = CALLS.flatMap(({ call: { operation, asked }, ...effect }) =>
  operation === undefined ? [] : [{ ...effect, operation, asked }],
);
