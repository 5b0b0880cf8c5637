import { Problem } from '../problem.js';
import type { SandboxState } from '../sandbox-state.js';
import { inSteps } from './amounts.js';
import type { Balance } from './balance.js';
import type { Events } from './events.js';
import type { CreateRefund } from './parameters.js';
import { testCard } from './payment-methods.js';
import type { Settlements } from './settlements.js';
import { epochSeconds, newId } from './stripe-object.js';
import { type Charge, type Refund, refundSchema } from './stripe-objects.js';
import { StripeProblem } from './stripe-problem.js';

export type RefundEnd = 'succeeded' | 'failed' | 'canceled';

/** How a refund can still end; even one that succeeded may come back from the bank. */
const ENDS: Readonly<Record<Refund['status'], readonly RefundEnd[]>> = {
  pending: ['succeeded', 'failed', 'canceled'],
  requires_action: [],
  succeeded: ['failed'],
  failed: [],
  canceled: [],
};

/** Refunds of captured charges; together never more than was captured. */
export class Refunds {
  constructor(
    private readonly state: Pick<SandboxState, 'refunds' | 'charges' | 'intents' | 'disputes'>,
    private readonly balance: Balance,
    private readonly events: Events,
    private readonly settlements: Settlements,
  ) {}

  get(id: string): Refund {
    const refund = this.state.refunds.get(id);
    if (!refund) throw new StripeProblem('resource_missing', `No such refund: '${id}'`, { param: 'id' });
    return refund;
  }

  /** The intent a refund would be of: the object a call has to hold. */
  intentOf(request: CreateRefund): string | undefined {
    if (request.payment_intent !== undefined) return request.payment_intent;
    return this.state.charges.get(request.charge ?? '')?.payment_intent;
  }

  create(request: CreateRefund): Refund {
    const charge = this.#refundable(request);
    const left = charge.amount - charge.amount_refunded;
    if (left === 0) {
      throw new StripeProblem('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
    }
    const amount = request.amount ?? left;
    inSteps(amount, charge.currency, 'amount');
    if (amount > left) {
      throw new StripeProblem(
        'refund_too_large',
        `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
        { param: 'amount' },
      );
    }
    const course = testCard(charge.payment_method)?.refunds;
    const refund = this.#keep({ ...newRefund(charge, amount, request), ...begin(course?.begins) });
    const refunded = this.#count(charge.id, amount);
    this.events.record('refund.created', refund);
    if (refunded) this.events.record('charge.refunded', refunded);
    if (course) this.settlements.await(refund.id, course.becomes);
    return refund;
  }

  /** @throws Problem when it is past that */
  settle(id: string, becomes: RefundEnd, reason?: string): Refund {
    const refund = this.get(id);
    if (!ENDS[refund.status].includes(becomes)) {
      throw new Problem(409, `A refund that is ${refund.status} does not become ${becomes}`);
    }
    this.settlements.drop(id);
    const settled = this.#keep(ended(refund, becomes, reason));
    if (becomes !== 'succeeded') this.#count(refund.charge, -refund.amount);
    this.events.record('refund.updated', settled);
    if (becomes === 'failed') this.events.record('refund.failed', settled);
    return settled;
  }

  /** A refund that is pending when the payment is disputed will not be paid out. */
  stopPending(charge: Charge): void {
    for (const refund of this.state.refunds.values()) {
      if (refund.charge !== charge.id || refund.status !== 'pending') continue;
      this.settle(refund.id, 'failed', 'charge_for_pending_refund_disputed');
    }
  }

  /** Keeps a refund, and books what its status means that is not booked yet. */
  #keep(refund: Refund): Refund {
    const { status, balance_transaction, failure_balance_transaction } = refund;
    if (status === 'succeeded' && balance_transaction === null) {
      return this.#keep({ ...refund, balance_transaction: this.balance.refunded(refund) });
    }
    if (status === 'failed' && balance_transaction !== null && failure_balance_transaction === undefined) {
      return this.#keep({ ...refund, failure_balance_transaction: this.balance.refundFailed(refund) });
    }
    return this.state.refunds.set(refund.id, refund);
  }

  /** Counts what a charge has refunded, or has back after a failed refund. */
  #count(chargeId: string, amount: number): Charge | undefined {
    const charge = this.state.charges.get(chargeId);
    if (!charge) return undefined;
    const amount_refunded = charge.amount_refunded + amount;
    const refunded = amount_refunded === charge.amount;
    return this.state.charges.set(chargeId, { ...charge, amount_refunded, refunded });
  }

  #refundable(request: CreateRefund): Charge {
    const intent = this.state.intents.get(request.payment_intent ?? '');
    if (request.payment_intent !== undefined && !intent) {
      throw new StripeProblem('resource_missing', `No such payment_intent: '${request.payment_intent}'`, {
        param: 'payment_intent',
      });
    }
    const charge = this.state.charges.get(request.charge ?? intent?.latest_charge ?? '');
    if (request.charge !== undefined && !charge) {
      throw new StripeProblem('resource_missing', `No such charge: '${request.charge}'`, { param: 'charge' });
    }
    if (!charge?.captured) {
      throw new StripeProblem(
        'nothing_to_refund',
        `This PaymentIntent (${charge?.payment_intent ?? intent?.id}) does not have a successful charge to refund.`,
      );
    }
    if (this.#isWithdrawn(charge)) {
      throw new StripeProblem(
        'charge_disputed',
        `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      );
    }
    return charge;
  }

  #isWithdrawn({ id }: Charge): boolean {
    const disputes = this.state.disputes.values().filter(({ charge }) => charge === id);
    return disputes.some(({ status }) => status === 'needs_response' || status === 'lost');
  }
}

function newRefund(charge: Charge, amount: number, { metadata, reason }: CreateRefund): Refund {
  return refundSchema.parse({
    id: newId('re'),
    object: 'refund',
    amount,
    charge: charge.id,
    created: epochSeconds(),
    currency: charge.currency,
    metadata,
    payment_intent: charge.payment_intent,
    reason: reason ?? null,
    status: 'pending',
  });
}

/** A card's refund is pending while the balance does not cover it, and moves no money until then. */
function begin(status: 'pending' | 'succeeded' = 'succeeded'): Partial<Refund> {
  return status === 'pending' ? { status, pending_reason: 'insufficient_funds' } : { status };
}

function ended({ pending_reason: _over, ...refund }: Refund, status: RefundEnd, reason?: string): Refund {
  if (status === 'succeeded') return { ...refund, status };
  if (status === 'canceled') return { ...refund, status, failure_reason: reason ?? 'merchant_request' };
  const usual = refund.status === 'pending' ? 'insufficient_funds' : 'expired_or_canceled_card';
  return { ...refund, status, failure_reason: reason ?? usual };
}
