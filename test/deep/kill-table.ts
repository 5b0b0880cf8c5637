import type { KillPoint } from '../support/kills.js';

/** The subjects of mails. */
export const SUBJECTS = [
  'is confirmed',
  'is on its way',
  'has been delivered',
  'could not be delivered',
  'is cancelled',
  'could not be completed',
  'refund',
] as const;
type MailContent = (typeof SUBJECTS)[number];

export interface Kill extends KillPoint {
  /** The effect that the next attempt finds done, and logs; none where it is not done, or not looked up. */
  readonly detected?: string;
  /** The email that is in doubt, and so is sent again. */
  readonly repeated?: MailContent;
}

/** A course of an order, and the points on it at which a worker is killed. */
export interface Way {
  readonly title: string;
  /** The policy it is accepted under, as variables of the API; ways with one come last. */
  readonly rules?: Readonly<Record<string, string>>;
  /** What the shopper orders. */
  readonly place: Record<string, unknown>;
  /** What happens once it waits for its delivery and the confirmation is sent. */
  readonly afterwards?: 'cancelled through Temporal' | 'returned';
  readonly end: { status: string; payment: string; fulfilment: string };
  /** The gateway's records. */
  readonly intent: 'succeeded' | 'canceled';
  readonly refunds: readonly number[];
  /** The carrier's records. */
  readonly parcels: readonly string[];
  /** The test lists the ones that may be missing. */
  readonly mails: readonly MailContent[];
  readonly kills: readonly Kill[];
}

const address = (postalCode: string) => ({
  shippingAddress: {
    line1: '1 Harbour Road',
    city: 'Arlington',
    region: 'VA',
    postalCode,
    country: 'US',
  },
});

/** Activities that no worker is killed in here, and why. */
export const SPARED: Partial<Readonly<Record<KillPoint['activity'], string>>> = {
  validateOrder: 'only orders of workflow version 1 have it, whose kills were shown while they were new',
  reserveStock: 'only orders of workflow version 1 have it, whose kills were shown while they were new',
  sendDeliveryNotice: 'only orders of workflow version 1 have it, whose kills were shown while they were new',
  checkPayment: 'it is asked for while a payment waits, and applies each fact once: payment-check.test.ts',
  checkDelivery: 'it is asked for when a parcel is overdue, and its answer is applied once: inbox.test.ts',
  openAttention: 'it is asked for when patience is spent, and parks once: attention.test.ts',
  loadResumePoint: 'it changes nothing, and is asked for where a run is gone: lost-runs.test.ts',
  sendShippingNotice: 'it is not sent once the parcel has come to its end, and is one mail as the others are',
  resolveAttention: 'it is asked for after a parking, and resumes once: attention.test.ts',
};

/** Each moment of sending a mail. @param kind as the effect is called */
function mailing(activity: KillPoint['activity'], repeated: MailContent, kind: string): Kill[] {
  return [
    { activity, moment: 'before' },
    { activity, moment: 'leaving SmtpMailer.send' },
    { activity, moment: 'answered SmtpMailer.send', repeated },
    { activity, moment: 'after', detected: `email:${kind}` },
  ];
}

/** Each moment of an attempt to charge, from its first call to the gateway on. */
function charging(activity: KillPoint['activity']): Kill[] {
  return [
    { activity, moment: 'leaving StripeGateway.createIntent' },
    { activity, moment: 'answered StripeGateway.createIntent' },
    { activity, moment: 'leaving StripeGateway.confirmIntent' },
    { activity, moment: 'answered StripeGateway.confirmIntent', detected: 'charge:1' },
    { activity, moment: 'after', detected: 'charge:1' },
  ];
}

const CLOSING: readonly Kill[] = [
  { activity: 'closeOrder', moment: 'before' },
  { activity: 'closeOrder', moment: 'written' },
  { activity: 'closeOrder', moment: 'after' },
];
const REFUNDING: readonly Kill[] = [
  { activity: 'reversePayment', moment: 'before' },
  { activity: 'reversePayment', moment: 'written' },
  { activity: 'reversePayment', moment: 'after' },
  { activity: 'createRefund', moment: 'before' },
  { activity: 'createRefund', moment: 'leaving StripeGateway.createRefund' },
  { activity: 'createRefund', moment: 'answered StripeGateway.createRefund', detected: 'refund' },
  { activity: 'createRefund', moment: 'after', detected: 'refund' },
];
const APOLOGIZING: readonly Kill[] = [
  { activity: 'endOrder', moment: 'before' },
  { activity: 'endOrder', moment: 'written' },
  { activity: 'endOrder', moment: 'after' },
  ...mailing('sendCancellationNotice', 'is cancelled', 'cancellation'),
];
const TELLING_OF_IT = [
  ...mailing('sendRefundNotice', 'refund', 'refund'),
  ...mailing('sendFailedDeliveryNotice', 'could not be delivered', 'undelivered'),
];
const RELEASING: readonly Kill[] = [
  { activity: 'releaseStock', moment: 'before' },
  { activity: 'releaseStock', moment: 'written' },
  { activity: 'releaseStock', moment: 'after', detected: 'release' },
];
const CANCELLING: readonly Kill[] = [
  { activity: 'beginCancellation', moment: 'before' },
  { activity: 'beginCancellation', moment: 'written' },
  { activity: 'beginCancellation', moment: 'after' },
];

export const WAYS: readonly Way[] = [
  {
    title: 'on its way to the shopper',
    place: {},
    end: { status: 'delivered', payment: 'captured', fulfilment: 'delivered' },
    intent: 'succeeded',
    refunds: [],
    parcels: ['delivered'],
    mails: ['is confirmed', 'has been delivered'],
    kills: [
      { activity: 'reserveAndCharge', moment: 'before' },
      { activity: 'reserveAndCharge', moment: 'written', detected: 'reserve' },
      ...charging('reserveAndCharge'),
      { activity: 'createShipment', moment: 'before' },
      { activity: 'createShipment', moment: 'leaving CarrierClient.createShipment' },
      { activity: 'createShipment', moment: 'answered CarrierClient.createShipment', detected: 'ship' },
      { activity: 'createShipment', moment: 'after', detected: 'ship' },
      ...mailing('sendConfirmation', 'is confirmed', 'confirmation'),
      ...mailing('closeWithDeliveryNotice', 'has been delivered', 'delivery'),
    ],
  },
  {
    title: 'cancelled through Temporal while it waits for its delivery',
    // Never picked up.
    place: address('00004'),
    afterwards: 'cancelled through Temporal',
    end: { status: 'cancelled', payment: 'refunded', fulfilment: 'released' },
    intent: 'succeeded',
    refunds: [3980],
    parcels: ['cancelled'],
    mails: ['is confirmed', 'is cancelled', 'refund'],
    kills: [
      ...CANCELLING,
      { activity: 'cancelShipment', moment: 'before' },
      { activity: 'cancelShipment', moment: 'leaving CarrierClient.cancelShipment' },
      {
        activity: 'cancelShipment',
        moment: 'answered CarrierClient.cancelShipment',
        detected: 'cancel-shipment',
      },
      { activity: 'cancelShipment', moment: 'after', detected: 'cancel-shipment' },
      ...REFUNDING,
      ...RELEASING,
      ...APOLOGIZING,
      ...CLOSING,
    ],
  },
  {
    title: 'whose card is declined',
    place: { payment: { method: 'pm_card_chargeDeclined' } },
    end: { status: 'rejected', payment: 'voided', fulfilment: 'released' },
    intent: 'canceled',
    refunds: [],
    parcels: [],
    mails: ['could not be completed'],
    kills: [
      { activity: 'reserveAndCharge', moment: 'answered StripeGateway.confirmIntent', detected: 'charge:1' },
      { activity: 'reserveAndCharge', moment: 'after', detected: 'charge:1' },
      { activity: 'reversePayment', moment: 'before' },
      { activity: 'reversePayment', moment: 'leaving StripeGateway.cancelIntent' },
      { activity: 'reversePayment', moment: 'answered StripeGateway.cancelIntent', detected: 'void' },
      { activity: 'reversePayment', moment: 'after', detected: 'void' },
      ...RELEASING,
      { activity: 'endOrder', moment: 'written' },
      ...mailing('sendRejectionNotice', 'could not be completed', 'rejection'),
      ...CLOSING,
    ],
  },
  {
    title: 'whose address the carrier refuses',
    place: address('00000'),
    end: { status: 'cancelled', payment: 'refunded', fulfilment: 'released' },
    intent: 'succeeded',
    refunds: [3980],
    parcels: [],
    mails: ['is cancelled', 'refund'],
    kills: [
      { activity: 'createShipment', moment: 'answered CarrierClient.createShipment' },
      { activity: 'createShipment', moment: 'after', detected: 'ship' },
      ...CANCELLING,
      ...REFUNDING,
      ...RELEASING,
      ...APOLOGIZING,
      ...CLOSING,
    ],
  },
  {
    title: 'whose parcel comes back',
    // Moved by hand, so that it comes back after the confirmation.
    place: address('00004'),
    afterwards: 'returned',
    end: { status: 'undelivered', payment: 'refunded', fulfilment: 'returned' },
    intent: 'succeeded',
    refunds: [3980],
    parcels: ['returned'],
    mails: ['is confirmed', 'is on its way', 'could not be delivered', 'refund'],
    kills: [...REFUNDING, ...TELLING_OF_IT, ...CLOSING],
  },
  {
    title: 'that is charged after a time for changes',
    rules: { GRACE_BEFORE_CHARGE: '100ms' },
    place: {},
    end: { status: 'delivered', payment: 'captured', fulfilment: 'delivered' },
    intent: 'succeeded',
    refunds: [],
    parcels: ['delivered'],
    mails: ['is confirmed', 'has been delivered'],
    kills: [
      { activity: 'validateAndReserve', moment: 'before' },
      { activity: 'validateAndReserve', moment: 'read' },
      { activity: 'validateAndReserve', moment: 'written', detected: 'reserve' },
      { activity: 'validateAndReserve', moment: 'after', detected: 'reserve' },
      { activity: 'chargePayment', moment: 'before' },
      ...charging('chargePayment'),
    ],
  },
  {
    title: 'that is paid when its parcel is ready',
    rules: { CAPTURE_MODE: 'on_shipment' },
    place: {},
    end: { status: 'delivered', payment: 'captured', fulfilment: 'delivered' },
    intent: 'succeeded',
    refunds: [],
    parcels: ['delivered'],
    mails: ['is confirmed', 'has been delivered'],
    kills: [
      { activity: 'capturePayment', moment: 'before' },
      { activity: 'capturePayment', moment: 'leaving StripeGateway.captureIntent' },
      { activity: 'capturePayment', moment: 'answered StripeGateway.captureIntent', detected: 'capture' },
      { activity: 'capturePayment', moment: 'after', detected: 'capture' },
    ],
  },
];

/** About half of the table: it is run on two systems at once. */
export const isRefunded = ({ end }: Way): boolean => end.payment === 'refunded';
