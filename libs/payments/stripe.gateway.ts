import Stripe from 'stripe';

import type { OrderId } from '#libs/domain/order/order-id';
import type { CaptureMode } from '#libs/domain/order/policy';

import type { GatewayPayment, GatewayRefund, Intent, PaymentGateway } from './payment-gateway.js';
import { asDispute, asIntent, asRefund, readIntent } from './stripe-answers.js';
import { stripeClient, type StripeOptions } from './stripe-client.js';
import { stripeFailure } from './stripe-failure.js';

/** The charge of an intent has the time at which its hold lapses. */
const WITH_CHARGE = ['latest_charge'];

/** Payments through Stripe, or through any server with Stripe's API. */
export class StripeGateway implements PaymentGateway {
  readonly #stripe: Stripe;

  constructor(options: StripeOptions) {
    this.#stripe = stripeClient(options);
  }

  async createIntent(request: {
    orderId: OrderId;
    amount: number;
    currency: string;
    captureMode: CaptureMode;
    idempotencyKey: string;
  }): Promise<Intent> {
    const { orderId, amount, currency, captureMode, idempotencyKey } = request;
    const created = await ask(() =>
      this.#stripe.paymentIntents.create(
        {
          amount,
          currency: currency.toLowerCase(),
          // Named, because Stripe's automatic choice wants a page for the shopper to return to. (Before version
          // 2026-09-30 of the API this was payment_method_types.)
          allowed_payment_method_types: ['card'],
          ...(captureMode === 'on_shipment' ? { capture_method: 'manual' as const } : {}),
          metadata: { orderId },
        },
        { idempotencyKey },
      ),
    );
    return asIntent(created);
  }

  async confirmIntent(
    intentId: string,
    { method, idempotencyKey }: { method: string; idempotencyKey: string },
  ): Promise<Intent> {
    try {
      const confirmed = await this.#stripe.paymentIntents.confirm(
        intentId,
        { payment_method: method, expand: WITH_CHARGE },
        { idempotencyKey },
      );
      return asIntent(confirmed);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError && error.payment_intent) {
        return asIntent(error.payment_intent);
      }
      if (isUnexpectedState(error)) return this.retrieveIntent(intentId);
      throw stripeFailure(error);
    }
  }

  async retrieveIntent(intentId: string): Promise<Intent> {
    return asIntent(await this.#read(intentId));
  }

  async readPayment(intentId: string): Promise<GatewayPayment> {
    const [intent, refunds, disputes] = await Promise.all([
      this.#read(intentId),
      ask(() => everything(this.#stripe.refunds.list({ payment_intent: intentId, limit: 100 }))),
      ask(() => everything(this.#stripe.disputes.list({ payment_intent: intentId, limit: 100 }))),
    ]);
    return {
      intent: asIntent(intent),
      refunds: refunds.map(asRefund),
      disputes: disputes.map(asDispute),
    };
  }

  async readClientSecret(intentId: string): Promise<string | null> {
    return readIntent(await this.#read(intentId)).client_secret ?? null;
  }

  async captureIntent(
    intentId: string,
    { amount, idempotencyKey }: { amount: number; idempotencyKey: string },
  ): Promise<Intent> {
    try {
      const request = { amount_to_capture: amount };
      return asIntent(await this.#stripe.paymentIntents.capture(intentId, request, { idempotencyKey }));
    } catch (error) {
      if (isUnexpectedState(error)) return this.retrieveIntent(intentId);
      throw stripeFailure(error);
    }
  }

  async cancelIntent(intentId: string, { idempotencyKey }: { idempotencyKey: string }): Promise<Intent> {
    try {
      return asIntent(await this.#stripe.paymentIntents.cancel(intentId, {}, { idempotencyKey }));
    } catch (error) {
      if (isUnexpectedState(error)) return this.retrieveIntent(intentId);
      throw stripeFailure(error);
    }
  }

  async createRefund(request: {
    intentId: string;
    orderId: OrderId;
    refundId: string;
    amount: number;
    idempotencyKey: string;
  }): Promise<GatewayRefund> {
    const { intentId, orderId, refundId, amount, idempotencyKey } = request;
    const created = await ask(() =>
      this.#stripe.refunds.create(
        { payment_intent: intentId, amount, metadata: { orderId, refundId } },
        { idempotencyKey },
      ),
    );
    return asRefund(created);
  }

  async findRefund(intentId: string, refundId: string): Promise<GatewayRefund | null> {
    return ask(async () => {
      for await (const refund of this.#stripe.refunds.list({ payment_intent: intentId, limit: 100 })) {
        if (refund.metadata?.['refundId'] === refundId) return asRefund(refund);
      }
      return null;
    });
  }

  #read(intentId: string): Promise<Stripe.PaymentIntent> {
    return ask(() => this.#stripe.paymentIntents.retrieve(intentId, { expand: WITH_CHARGE }));
  }
}

async function everything<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of list) all.push(each);
  return all;
}

async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw stripeFailure(error);
  }
}

function isUnexpectedState(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'payment_intent_unexpected_state';
}
