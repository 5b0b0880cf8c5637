import { Problem } from '../problem.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Balance } from './balance.js';
import { type Dispute, type DisputeReason, newDispute } from './dispute.js';
import type { Events } from './events.js';
import type { Refunds } from './refunds.js';
import type { Charge } from './stripe-objects.js';
import { StripeProblem } from './stripe-problem.js';

export interface OpenDispute {
  readonly amount?: number;
  readonly reason?: DisputeReason;
  readonly isInquiry?: boolean;
}

/** Payments that shoppers' banks dispute, and sometimes return. */
export class Disputes {
  constructor(
    private readonly state: Pick<SandboxState, 'disputes' | 'charges' | 'intents'>,
    private readonly balance: Balance,
    private readonly events: Events,
    private readonly refunds: Refunds,
  ) {}

  get(id: string): Dispute {
    const dispute = this.state.disputes.get(id);
    if (!dispute) throw new StripeProblem('resource_missing', `No such dispute: '${id}'`, { param: 'id' });
    return dispute;
  }

  /** @throws Problem when nothing was paid that could be disputed */
  openOnIntent(intentId: string, request: OpenDispute): Dispute {
    const charge = this.state.charges.get(this.state.intents.get(intentId)?.latest_charge ?? '');
    if (!charge?.captured) throw new Problem(409, `Nothing was paid with ${intentId} that could be disputed`);
    return this.open(charge, request);
  }

  /** @throws Problem when the rest of the charge is less than what is disputed */
  open(charge: Charge, { amount, reason = 'fraudulent', isInquiry = false }: OpenDispute): Dispute {
    if (!isInquiry) this.refunds.stopPending(charge);
    const current = this.state.charges.get(charge.id) ?? charge;
    const left = current.amount - current.amount_refunded;
    const disputed = amount ?? left;
    if (disputed === 0 || disputed > left) {
      throw new Problem(409, `Of charge ${charge.id} no more than ${left} can be disputed`);
    }
    this.state.charges.set(charge.id, { ...current, disputed: true });
    const dispute = this.#keep(newDispute(current, { amount: disputed, reason, isInquiry }));
    this.events.record('charge.dispute.created', dispute);
    if (isInquiry) return dispute;
    const withdrawn = this.#keep({ ...dispute, balance_transactions: [this.balance.withdrawn(dispute)] });
    this.events.record('charge.dispute.funds_withdrawn', withdrawn);
    return withdrawn;
  }

  /**
   * An inquiry that is won is closed without any money having moved; a dispute that was lost may be won after all.
   *
   * @throws Problem when it is past that
   */
  close(id: string, becomes: 'won' | 'lost'): Dispute {
    const dispute = this.get(id);
    const isInquiry = dispute.status === 'warning_needs_response';
    const mayBecome = isInquiry
      ? becomes === 'won'
      : dispute.status === 'needs_response' || (dispute.status === 'lost' && becomes === 'won');
    if (!mayBecome) {
      throw new Problem(409, `A dispute that is ${dispute.status} does not become ${becomes}`);
    }
    const closed = this.#keep({ ...dispute, status: isInquiry ? 'warning_closed' : becomes });
    const settled = closed.status === 'won' ? this.#reinstate(closed) : closed;
    this.events.record('charge.dispute.closed', settled);
    return settled;
  }

  #reinstate(dispute: Dispute): Dispute {
    const reversal = this.balance.reinstated(dispute);
    const reinstated = this.#keep({
      ...dispute,
      balance_transactions: [...dispute.balance_transactions, reversal],
      is_charge_refundable: true,
    });
    this.events.record('charge.dispute.funds_reinstated', reinstated);
    return reinstated;
  }

  #keep(dispute: Dispute): Dispute {
    return this.state.disputes.set(dispute.id, dispute);
  }
}
