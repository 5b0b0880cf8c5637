import type { EndCode, RejectionCode } from './end.js';

/**
 * The seven steps, in order; and the capture of a payment that was only held until the label existed, and the mail that
 * the parcel is on its way.
 */
export const STEPS = [
  'validate',
  'reserve',
  'charge',
  'ship',
  'capture',
  'confirm',
  'announce',
  'deliver',
  'notify',
] as const;
export type StepName = (typeof STEPS)[number];

/** What an operator may answer to an attention. */
export const RESOLUTIONS = ['retry', 'skip', 'fail', 'accept', 'restart', 'acknowledge'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

interface StepRules {
  /** How an order ends when this step is refused; null when it continues regardless. */
  readonly refusal:
    | { readonly status: 'rejected'; readonly end: RejectionCode }
    | { readonly status: 'cancelled'; readonly end: EndCode }
    | null;
  /** What may be answered when this step is parked, or (deliver) overdue. */
  readonly resolutions: readonly Resolution[];
}

const compensated: readonly Resolution[] = ['retry', 'fail'];

export const STEP_RULES: Readonly<Record<StepName, StepRules>> = {
  validate: { refusal: { status: 'rejected', end: 'invalid' }, resolutions: compensated },
  reserve: { refusal: { status: 'rejected', end: 'out_of_stock' }, resolutions: compensated },
  charge: { refusal: { status: 'rejected', end: 'payment_declined' }, resolutions: compensated },
  ship: { refusal: { status: 'cancelled', end: 'carrier_refused' }, resolutions: compensated },
  capture: { refusal: { status: 'cancelled', end: 'capture_failed' }, resolutions: compensated },
  confirm: { refusal: null, resolutions: ['retry', 'skip'] },
  announce: { refusal: null, resolutions: ['retry', 'skip'] },
  deliver: { refusal: null, resolutions: ['skip', 'fail'] },
  notify: { refusal: null, resolutions: ['retry', 'skip'] },
};

/**
 * How an order ends when a step is refused for a reason; null when it continues regardless. Money that was there
 * and is gone is a separate end, whichever step finds it; and so is an order that is not valid, where one activity
 * validates and reserves.
 */
export function endOnRefusal(step: StepName, code: string): StepRules['refusal'] {
  const { refusal } = STEP_RULES[step];
  if (refusal && code === 'payment_voided') return { status: 'cancelled', end: code };
  return step === 'reserve' && code === 'invalid' ? STEP_RULES.validate.refusal : refusal;
}
