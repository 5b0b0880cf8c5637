import Stripe from 'stripe';

import type { GatewayMoney, Movement, MovementKind, Span } from '#libs/order/reconciliation';

import type { GatewayBooks } from './gateway-books.js';
import { stripeClient, type StripeOptions } from './stripe-client.js';
import { stripeFailure } from './stripe-failure.js';

/** The movements that are about a payment, by Stripe's names (docs.stripe.com/reports/reporting-categories). */
const KINDS: Readonly<Record<string, MovementKind>> = {
  charge: 'charge',
  partial_capture_reversal: 'charge_reversal',
  refund: 'refund',
  refund_failure: 'refund_failure',
  dispute: 'dispute',
  dispute_reversal: 'dispute_reversal',
};

const REFUND_STATES: Readonly<Record<string, GatewayMoney['refunds'][number]['state']>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};

const PAGE = 100;

/** Stripe's balance, and what became of each payment. */
export class StripeBooks implements GatewayBooks {
  readonly #stripe: Stripe;

  constructor(options: StripeOptions) {
    this.#stripe = stripeClient(options);
  }

  async movements({ from, to }: Span): Promise<Movement[]> {
    return ask(async () => {
      const movements: Movement[] = [];
      const created = { gte: Math.floor(from.getTime() / 1_000), lt: Math.ceil(to.getTime() / 1_000) };
      const expand = ['data.source'];
      for await (const entry of this.#stripe.balanceTransactions.list({ created, limit: PAGE, expand })) {
        const movement = asMovement(entry);
        if (movement) movements.push(movement);
      }
      return movements;
    });
  }

  async readMoney(intentId: string): Promise<GatewayMoney | null> {
    return ask(async () => {
      const intent = await this.#stripe.paymentIntents.retrieve(intentId).catch(unlessMissing);
      if (!intent) return null;
      const refunds: GatewayMoney['refunds'][number][] = [];
      for await (const refund of this.#stripe.refunds.list({ payment_intent: intentId, limit: PAGE })) {
        const state = REFUND_STATES[refund.status ?? 'pending'] ?? 'pending';
        refunds.push({ id: refund.id, refundId: refundIdOf(refund), amount: refund.amount, state });
      }
      const withheld: { objectId: string; amount: number }[] = [];
      for await (const dispute of this.#stripe.disputes.list({ payment_intent: intentId, limit: PAGE })) {
        withheld.push({ objectId: dispute.id, amount: withheldBy(dispute) });
      }
      return {
        intentId,
        currency: intent.currency.toUpperCase(),
        orderId: intent.metadata['orderId'] ?? null,
        captured: intent.amount_received,
        refunds,
        withheld,
      };
    });
  }
}

/** A movement may be in the account's currency; its source is in the shopper's. */
function asMovement(entry: Stripe.BalanceTransaction): Movement | null {
  const kind = KINDS[entry.reporting_category];
  const { source } = entry;
  if (!kind || typeof source !== 'object' || source === null) return null;
  if (source.object !== 'charge' && source.object !== 'refund' && source.object !== 'dispute') return null;
  // A charge from before there were intents, or of another product of Stripe's, is none of ours.
  const intentId = idOf(source.payment_intent);
  if (intentId === null) return null;
  const isConverted = entry.currency !== source.currency;
  return {
    kind,
    at: new Date(entry.created * 1_000),
    intentId,
    objectId: source.id,
    orderId: source.metadata?.['orderId'] ?? null,
    refundId: source.object === 'refund' ? refundIdOf(source) : null,
    amount: Math.abs(isConverted ? source.amount : entry.amount),
  };
}

/** What a dispute has taken and not given back: an inquiry takes nothing, and one that is won gives it back. */
function withheldBy({ amount, balance_transactions }: Stripe.Dispute): number {
  return balance_transactions.reduce((sum, { reporting_category }) => {
    if (reporting_category === 'dispute') return sum + amount;
    return reporting_category === 'dispute_reversal' ? sum - amount : sum;
  }, 0);
}

const refundIdOf = ({ metadata }: Stripe.Refund) => metadata?.['refundId'] ?? null;

const idOf = (reference: string | { id: string } | null) =>
  typeof reference === 'object' ? (reference?.id ?? null) : reference;

function unlessMissing(error: unknown): null {
  if (error instanceof Stripe.errors.StripeError && error.code === 'resource_missing') return null;
  throw error;
}

async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw stripeFailure(error);
  }
}
