import Stripe from 'stripe';
import { z } from 'zod';

import type { GatewayMoney, Movement, MovementKind, Span } from '#libs/domain/reconciliation/reconciliation';

import type { GatewayRecords, NamedIntent } from './gateway-records.js';
import type { GatewayDispute, GatewayRefund } from './payment-gateway.js';
import { asDispute, asRefund, readIntent } from './stripe-answers.js';
import { stripeClient, type StripeOptions } from './stripe-client.js';
import { stripeFailure } from './stripe-failure.js';

/** The movements that are about a payment, by Stripe's names (docs.stripe.com/reports/reporting-categories). */
const KINDS: ReadonlyMap<string, MovementKind> = new Map([
  ['charge', 'charge'],
  ['partial_capture_reversal', 'charge_reversal'],
  ['refund', 'refund'],
  ['refund_failure', 'refund_failure'],
  ['dispute', 'dispute'],
  ['dispute_reversal', 'dispute_reversal'],
]);

const PAGE = 100;
/** Minor units, with a sign. */
const wholeUnits = z.int();

/** Stripe's balance, and the movements of each payment. */
export class StripeRecords implements GatewayRecords {
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
      const ofIntent = { payment_intent: intentId, limit: PAGE };
      const refunds: GatewayRefund[] = [];
      for await (const refund of this.#stripe.refunds.list(ofIntent)) refunds.push(asRefund(refund));
      const disputes: GatewayDispute[] = [];
      for await (const dispute of this.#stripe.disputes.list(ofIntent)) disputes.push(asDispute(dispute));
      return {
        intentId,
        currency: intent.currency.toUpperCase(),
        orderId: intent.metadata['orderId'] ?? null,
        captured: readIntent(intent).amount_received,
        refunds,
        withheld: disputes.map(({ id, withdrawn, reinstated }) => ({
          objectId: id,
          amount: withdrawn - reinstated,
        })),
      };
    });
  }

  async intentsSince(since: Date): Promise<NamedIntent[]> {
    return ask(async () => {
      const intents: NamedIntent[] = [];
      // Newest first (docs.stripe.com/api/pagination).
      for await (const { id, created, metadata } of this.#stripe.paymentIntents.list({ limit: PAGE })) {
        if (created * 1_000 < since.getTime()) break;
        const { orderId } = metadata;
        if (orderId !== undefined) intents.push({ intentId: id, orderId });
      }
      return intents;
    });
  }
}

/** A movement may be in the account's currency; its source is in the shopper's. */
function asMovement(entry: Stripe.BalanceTransaction): Movement | null {
  const kind = KINDS.get(entry.reporting_category);
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
    refundId: source.object === 'refund' ? asRefund(source).refundId : null,
    amount: Math.abs(wholeUnits.parse(isConverted ? source.amount : entry.amount)),
  };
}

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
