import type { DisputeReason } from './dispute.js';

export type CardOutcome =
  | { readonly is: 'approved' }
  /** The shopper has to authenticate first, and may be declined then. */
  | { readonly is: 'challenged'; readonly decline?: Decline }
  /** Known only later. */
  | { readonly is: 'processing'; readonly decline?: Decline }
  | Decline;

export interface Decline {
  readonly is: 'declined';
  readonly code: string;
  /** The issuer's reason, where it gives one. */
  readonly declineCode?: string;
  readonly message: string;
}

/** How a refund begins and ends; by default it succeeds at once. */
export interface RefundCourse {
  readonly begins: 'pending' | 'succeeded';
  readonly becomes: 'succeeded' | 'failed';
}

export interface TestCard {
  readonly brand: string;
  readonly last4: string;
  readonly outcome: CardOutcome;
  readonly refunds?: RefundCourse;
  /** The bank disputes the payment at once; an inquiry takes no money. */
  readonly disputed?: { readonly reason: DisputeReason; readonly isInquiry: boolean };
}

const approved: CardOutcome = { is: 'approved' };
const challenged: CardOutcome = { is: 'challenged' };
const declined = (code: string, message: string): Decline => ({ is: 'declined', code, message });
const byIssuer = (declineCode: string, message: string): Decline => ({
  is: 'declined',
  code: 'card_declined',
  declineCode,
  message,
});

const GENERIC = byIssuer('generic_decline', 'Your card was declined.');
const FUNDS = byIssuer('insufficient_funds', 'Your card has insufficient funds.');
const LOST = byIssuer('lost_card', 'Your card was declined.');
const STOLEN = byIssuer('stolen_card', 'Your card was declined.');
const VELOCITY = byIssuer(
  'card_velocity_exceeded',
  'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
);
const EXPIRED = declined('expired_card', 'Your card has expired.');
const CVC = declined('incorrect_cvc', "Your card's security code is incorrect.");
const PROCESSING = declined(
  'processing_error',
  'An error occurred while processing your card. Try again in a little bit.',
);

const visa = (last4: string): TestCard => ({ brand: 'visa', last4, outcome: approved });
const fraud = { reason: 'fraudulent', isInquiry: false } as const;

/**
 * Stripe's test payment methods, by the names its testing page gives them (docs.stripe.com/testing); the
 * older names without `_visa_` are still accepted there, and here.
 */
const TEST_CARDS: Readonly<Record<string, TestCard>> = {
  pm_card_visa: { brand: 'visa', last4: '4242', outcome: approved },
  pm_card_visa_debit: { brand: 'visa', last4: '5556', outcome: approved },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444', outcome: approved },
  pm_card_amex: { brand: 'amex', last4: '8431', outcome: approved },

  pm_card_visa_chargeDeclined: { brand: 'visa', last4: '0002', outcome: GENERIC },
  pm_card_chargeDeclined: { brand: 'visa', last4: '0002', outcome: GENERIC },
  pm_card_visa_chargeDeclinedInsufficientFunds: { brand: 'visa', last4: '9995', outcome: FUNDS },
  pm_card_chargeDeclinedInsufficientFunds: { brand: 'visa', last4: '9995', outcome: FUNDS },
  pm_card_visa_chargeDeclinedLostCard: { brand: 'visa', last4: '9987', outcome: LOST },
  pm_card_chargeDeclinedLostCard: { brand: 'visa', last4: '9987', outcome: LOST },
  pm_card_visa_chargeDeclinedStolenCard: { brand: 'visa', last4: '9979', outcome: STOLEN },
  pm_card_chargeDeclinedStolenCard: { brand: 'visa', last4: '9979', outcome: STOLEN },
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: { brand: 'visa', last4: '6975', outcome: VELOCITY },
  pm_card_chargeDeclinedExpiredCard: { brand: 'visa', last4: '0069', outcome: EXPIRED },
  pm_card_chargeDeclinedIncorrectCvc: { brand: 'visa', last4: '0127', outcome: CVC },
  pm_card_chargeDeclinedProcessingError: { brand: 'visa', last4: '0119', outcome: PROCESSING },

  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', outcome: GENERIC },
  pm_card_threeDSecure2Required: { brand: 'visa', last4: '3220', outcome: challenged },
  pm_card_threeDSecureRequired: { brand: 'visa', last4: '3063', outcome: challenged },
  pm_card_authenticationRequired: { brand: 'visa', last4: '3184', outcome: challenged },
  pm_card_threeDSecureRequiredChargeDeclined: {
    brand: 'visa',
    last4: '1629',
    outcome: { is: 'challenged', decline: GENERIC },
  },

  pm_card_bypassPending: visa('0077'),
  pm_card_pendingRefund: { ...visa('7726'), refunds: { begins: 'pending', becomes: 'succeeded' } },
  pm_card_refundFail: { ...visa('5126'), refunds: { begins: 'succeeded', becomes: 'failed' } },
  pm_card_createDispute: { ...visa('0259'), disputed: fraud },
  pm_card_createDisputeProductNotReceived: {
    ...visa('2685'),
    disputed: { reason: 'product_not_received', isInquiry: false },
  },
  pm_card_createDisputeInquiry: { ...visa('1976'), disputed: { ...fraud, isInquiry: true } },

  // Stripe has no card for these.
  pm_sandbox_processing: { ...visa('9001'), outcome: { is: 'processing' } },
  pm_sandbox_processingFails: { ...visa('9002'), outcome: { is: 'processing', decline: GENERIC } },
  pm_sandbox_pendingRefundFails: { ...visa('9003'), refunds: { begins: 'pending', becomes: 'failed' } },
};

/** The card behind a payment method's name. */
export function testCard(method: string): TestCard | undefined {
  return Object.hasOwn(TEST_CARDS, method) ? TEST_CARDS[method] : undefined;
}

/** What a scripted refusal of a confirmation plays instead of the card that was given. */
export const REFUSED_CARD: TestCard = { brand: 'visa', last4: '0002', outcome: GENERIC };

/** Why a payment in processing fails, where its card sets no reason. */
export const NOT_SETTLED: Decline = GENERIC;
