import type { PaymentStatus } from '../order/states.js';

/** Where money is, or is owed. Debits are positive; every transaction sums to zero. */
export const ACCOUNTS = [
  'gateway',
  'customer_deposits',
  'refunds_payable',
  'disputes_receivable',
  'dispute_losses',
  'suspense',
  // Memo accounts: money that is held and not ours.
  'holds',
  'holds_contra',
] as const;
export type Account = (typeof ACCOUNTS)[number];

interface Rule {
  readonly debit: Account;
  readonly credit: Account;
}

/** What can be booked, and how. A fact of one kind is booked once for each occurrence at the object it is about. */
export const LEDGER_RULES = {
  /** By intent. */
  authorized: { debit: 'holds', credit: 'holds_contra' },
  /** By intent: captured, voided or lapsed. */
  hold_released: { debit: 'holds_contra', credit: 'holds' },
  /** By intent. */
  captured: { debit: 'gateway', credit: 'customer_deposits' },
  /** By our refund; booked before the call to the gateway. */
  refund_requested: { debit: 'customer_deposits', credit: 'refunds_payable' },
  refund_succeeded: { debit: 'refunds_payable', credit: 'gateway' },
  /** A refund that had not succeeded. */
  refund_failed: { debit: 'refunds_payable', credit: 'customer_deposits' },
  /** A refund that failed although it had succeeded. */
  refund_reversed: { debit: 'gateway', credit: 'customer_deposits' },
  /** By the gateway's dispute. */
  dispute_withdrawn: { debit: 'disputes_receivable', credit: 'gateway' },
  dispute_reinstated: { debit: 'gateway', credit: 'disputes_receivable' },
  dispute_lost: { debit: 'dispute_losses', credit: 'disputes_receivable' },
  /** A loss that was no loss in the end: the dispute was won after all, or its money came back. */
  dispute_recovered: { debit: 'disputes_receivable', credit: 'dispute_losses' },
  /** By the gateway's refund: made there by hand, and adopted by an operator. */
  refund_adopted: { debit: 'customer_deposits', credit: 'gateway' },
  /** By discrepancy: unknown money, accepted by an operator. */
  unknown_accepted: { debit: 'gateway', credit: 'suspense' },
} as const satisfies Readonly<Record<string, Rule>>;

export type LedgerKind = keyof typeof LEDGER_RULES;
export const LEDGER_KINDS = Object.keys(LEDGER_RULES) as LedgerKind[];

/** A fact about money. Amounts are minor units. */
export interface Posting {
  readonly kind: LedgerKind;
  readonly objectId: string;
  readonly amount: number;
  /** Which time it happens to the object, from 1, which is left out. */
  readonly occurrence?: number;
}

/** The sums booked for an order, by kind, in minor units. */
export type Booked = Readonly<Partial<Record<LedgerKind, number>>>;

/** What is booked once `postings` are in. */
export function afterBooking(booked: Booked, postings: readonly Posting[]): Booked {
  const after = { ...booked };
  for (const { kind, amount } of postings) after[kind] = (after[kind] ?? 0) + amount;
  return after;
}

const sum = (booked: Booked, kind: LedgerKind) => booked[kind] ?? 0;

/** What was taken or, until then, is held for it. */
export const paid = (booked: Booked) =>
  booked.captured ?? sum(booked, 'authorized') - sum(booked, 'hold_released');

/** What is on its way back to the shopper and has not arrived. */
export const pendingRefunds = (booked: Booked) =>
  sum(booked, 'refund_requested') - sum(booked, 'refund_succeeded') - sum(booked, 'refund_failed');

/** What went back to the shopper for good. */
export const refunded = (booked: Booked) =>
  sum(booked, 'refund_succeeded') - sum(booked, 'refund_reversed') + sum(booked, 'refund_adopted');

/** What the shopper's bank has taken and not returned, lost disputes included. */
export const disputed = (booked: Booked) =>
  sum(booked, 'dispute_withdrawn') - sum(booked, 'dispute_reinstated');

/** What may still be refunded. Disputed money may not: the bank has it. */
export const refundable = (booked: Booked) =>
  sum(booked, 'captured') - refunded(booked) - pendingRefunds(booked) - disputed(booked);

/** The provider's state of an order's intent; null while there is none, or no attempt was made on it. */
export type IntentState =
  'requires_action' | 'processing' | 'declined' | 'authorized' | 'captured' | 'canceled';

/** Attempts to pay, counted from 1. */
export interface Attempts {
  /** The attempt that was requested last. */
  readonly attempt: number;
  /** The one that was declined last; null where none was, or a later one succeeded. */
  readonly decline: { readonly attempt: number } | null;
}

/** The payment state of an order: a function of its intent, of what is booked and of its attempts, and of nothing else. */
export function paymentOf(
  intent: IntentState | null,
  booked: Booked,
  { attempt, decline }: Attempts,
): PaymentStatus {
  if (intent === null) return 'none';
  if (intent === 'canceled') return 'voided';
  // The provider's decline is of an earlier attempt than the one that is being made.
  if (intent === 'declined' && decline !== null && decline.attempt < attempt) return 'authorizing';
  if (intent !== 'captured') return intent;
  const back = refunded(booked);
  if (back <= 0) return 'captured';
  return back < sum(booked, 'captured') ? 'partially_refunded' : 'refunded';
}
