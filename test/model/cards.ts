import fc from 'fast-check';

/** The outcome of a payment method without other faults: by itself, or once the shopper or bank acts. */
export type CardFate = 'pays' | 'declines' | 'waits';

/** Payment methods of the sandbox; see dev/sandbox/gateway/payment-methods.ts. */
export const CARDS = {
  pm_card_visa: 'pays',
  pm_card_mastercard: 'pays',
  // What they do to refunds, and to payments later, is in the sandbox.
  pm_card_pendingRefund: 'pays',
  pm_sandbox_pendingRefundFails: 'pays',
  pm_card_refundFail: 'pays',
  pm_card_createDispute: 'pays',
  pm_card_createDisputeInquiry: 'pays',
  pm_card_chargeDeclined: 'declines',
  pm_card_chargeDeclinedInsufficientFunds: 'declines',
  pm_card_chargeDeclinedProcessingError: 'declines',
  pm_card_authenticationRequired: 'waits',
  pm_card_threeDSecure2Required: 'waits',
  pm_card_threeDSecureRequiredChargeDeclined: 'waits',
  pm_sandbox_processing: 'waits',
  pm_sandbox_processingFails: 'waits',
} as const satisfies Readonly<Record<string, CardFate>>;

export type Card = keyof typeof CARDS;
const CARD_NAMES = Object.keys(CARDS) as Card[];
const fated = (fate: CardFate) => CARD_NAMES.filter((name) => CARDS[name] === fate);

/** Any of them; those that do not simply pay come more often than in a shop. */
export const anyCard: fc.Arbitrary<Card> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Card>('pm_card_visa') },
  { weight: 3, arbitrary: fc.constantFrom(...fated('pays')) },
  { weight: 2, arbitrary: fc.constantFrom(...fated('declines')) },
  { weight: 4, arbitrary: fc.constantFrom(...fated('waits')) },
);
