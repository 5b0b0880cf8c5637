import type { StepName } from '../order/steps.js';

/** What a step does, as a noun of a sentence. */
export const TASKS: Readonly<Record<StepName, string>> = {
  validate: 'checking the order',
  reserve: 'reserving the goods',
  charge: 'taking the payment',
  ship: 'getting a label from the carrier',
  capture: 'taking the money that is held',
  confirm: 'mailing the confirmation',
  announce: 'mailing that the parcel is on its way',
  deliver: 'following the parcel',
  notify: 'mailing how the order ended',
};

/** What undoes a step. */
const UNDOING: Readonly<Partial<Record<StepName, string>>> = {
  reserve: 'releasing the goods',
  charge: 'returning the money',
  ship: 'cancelling the label',
};
export const undoing = (step: StepName): string => UNDOING[step] ?? `undoing this: ${TASKS[step]}`;

const PROVIDERS: Readonly<Record<string, string>> = {
  gateway: 'the payment provider',
  carrier: 'the carrier',
  mail: 'the mail server',
};
const TROUBLES: Readonly<Record<string, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'does not answer in time',
  busy: 'is busy',
  rate_limited: 'takes no more requests for a while',
  error: 'answers that it has a fault',
};

/** Codes that are no provider's trouble. */
const PROBLEMS: Readonly<Record<string, string>> = {
  mail_refused: "the mail server does not take the shopper's address",
  payment_declined: 'the payment was declined',
  payment_method_unknown: 'the payment provider does not know the payment method',
  payment_method_refused: 'the payment provider does not take the payment method',
  amount_refused: 'the payment provider does not take the amount',
  carrier_refused: 'the carrier refuses the parcel',
  address_refused: 'the carrier does not deliver to the address',
  lookup_refused: 'the carrier does not tell us about the parcel',
  already_picked_up: 'the carrier has picked the parcel up already',
  refund_failed: 'the payment provider could not send the money back',
  worker_stopped: 'a program was restarted in the middle',
  rate_limited: 'too many requests wait for the provider',
  already_shipped: 'the carrier had the parcel already',
  already_delivered: 'the parcel had arrived already',
  already_undelivered: 'the parcel had come back or was lost already',
  already_rejected: 'the order had been rejected already',
};

/** What answers that contradict the request are about. */
const DIFFERENCES: readonly { readonly code: RegExp; readonly means: string }[] = [
  { code: /^intent_(order_)?differs$/, means: 'it answers about another payment' },
  { code: /_currency_differs$/, means: 'it answers in another currency' },
  { code: /_amount_differs$/, means: 'it answers with another amount' },
  { code: /^refund_(intent_)?differs$/, means: 'it answers about another refund' },
  { code: /^parcel_/, means: 'the carrier answers about another parcel' },
  { code: /^void_/, means: 'the payment provider does not cancel the payment' },
];

/** A failure's code in words that a shop's support can repeat. */
export function problemWords(code: string): string {
  const [, provider = '', trouble = ''] = /^(gateway|carrier|mail)_(\w+)$/.exec(code) ?? [];
  const known = PROBLEMS[code];
  if (known !== undefined) return known;
  if (TROUBLES[trouble] !== undefined) return `${PROVIDERS[provider]} ${TROUBLES[trouble]}`;
  const difference = DIFFERENCES.find((each) => each.code.test(code));
  return difference?.means ?? `a fault that needs a technician (${code})`;
}

/** A time as people write it. @param time RFC 3339, in UTC */
export const timeWords = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
