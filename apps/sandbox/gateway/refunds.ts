import type { Collection } from '../collection.js';
import type { CreateRefund } from './parameters.js';
import { type Charge, epochSeconds, type Intent, newId, type Refund } from './stripe-objects.js';
import { StripeProblem } from './stripe-problem.js';

/** Refunds of captured charges; together never more than was captured. */
export class Refunds {
  constructor(
    private readonly refunds: Collection<Refund>,
    private readonly charges: Collection<Charge>,
    private readonly intents: Collection<Intent>,
  ) {}

  get(id: string): Refund {
    const refund = this.refunds.get(id);
    if (!refund) throw new StripeProblem('resource_missing', `No such refund: '${id}'`, { param: 'id' });
    return refund;
  }

  /** The intent a refund would be of: the object a call has to hold. */
  intentOf(request: CreateRefund): string | undefined {
    if (request.payment_intent !== undefined) return request.payment_intent;
    return this.charges.get(request.charge ?? '')?.payment_intent;
  }

  create(request: CreateRefund): Refund {
    const charge = this.#refundable(request);
    const left = charge.amount - charge.amount_refunded;
    if (left === 0) {
      throw new StripeProblem('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
    }
    const amount = request.amount ?? left;
    if (amount > left) {
      throw new StripeProblem(
        'refund_too_large',
        `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
        { param: 'amount' },
      );
    }
    this.charges.set(charge.id, {
      ...charge,
      amount_refunded: charge.amount_refunded + amount,
      refunded: amount === left,
    });
    const id = newId('re');
    return this.refunds.set(id, {
      id,
      object: 'refund',
      amount,
      charge: charge.id,
      created: epochSeconds(),
      currency: charge.currency,
      metadata: request.metadata,
      payment_intent: charge.payment_intent,
      reason: request.reason ?? null,
      status: 'succeeded',
    });
  }

  #refundable(request: CreateRefund): Charge {
    const intent = this.intents.get(request.payment_intent ?? '');
    if (request.payment_intent !== undefined && !intent) {
      throw new StripeProblem('resource_missing', `No such payment_intent: '${request.payment_intent}'`, {
        param: 'payment_intent',
      });
    }
    const charge = this.charges.get(request.charge ?? intent?.latest_charge ?? '');
    if (request.charge !== undefined && !charge) {
      throw new StripeProblem('resource_missing', `No such charge: '${request.charge}'`, { param: 'charge' });
    }
    if (!charge?.captured) {
      throw new StripeProblem(
        'nothing_to_refund',
        `This PaymentIntent (${charge?.payment_intent ?? intent?.id}) does not have a successful charge to refund.`,
      );
    }
    return charge;
  }
}
