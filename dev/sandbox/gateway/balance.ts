import type { SandboxState } from '../sandbox-state.js';
import { type BalanceTransaction, MOVEMENTS } from './balance-transaction.js';
import type { Dispute } from './dispute.js';
import { epochSeconds, newId } from './stripe-object.js';
import type { Charge, Refund } from './stripe-objects.js';

/** The account's balance: a transaction for each movement of money, and none without. */
export class Balance {
  constructor(private readonly state: Pick<SandboxState, 'balanceTransactions'>) {}

  /** @returns the id of the transaction that took the money in */
  captured({ id, amount, amount_captured, currency }: Charge): string {
    const entered = this.#enter('charge', { amount, currency, source: id });
    // Stripe books the whole amount, and refunds what was not captured.
    if (amount_captured < amount) {
      this.#enter('uncaptured', { amount: amount_captured - amount, currency, source: id });
    }
    return entered.id;
  }

  refunded({ id, amount, currency }: Refund): string {
    return this.#enter('refund', { amount: -amount, currency, source: id }).id;
  }

  refundFailed({ id, amount, currency }: Refund): string {
    return this.#enter('refundFailed', { amount, currency, source: id }).id;
  }

  withdrawn({ id, amount, currency, charge }: Dispute): BalanceTransaction {
    const description = `Chargeback withdrawal for ${charge}`;
    return this.#enter('withdrawn', { amount: -amount, currency, source: id, description });
  }

  reinstated({ id, amount, currency, charge }: Dispute): BalanceTransaction {
    const description = `Chargeback reversal for ${charge}`;
    return this.#enter('reinstated', { amount, currency, source: id, description });
  }

  #enter(
    movement: keyof typeof MOVEMENTS,
    {
      amount,
      description = null,
      ...what
    }: { amount: number; currency: string; source: string; description?: string | null },
  ): BalanceTransaction {
    const id = newId('txn');
    const now = epochSeconds();
    return this.state.balanceTransactions.set(id, {
      id,
      object: 'balance_transaction',
      amount,
      available_on: now,
      balance_type: 'payments',
      created: now,
      description,
      exchange_rate: null,
      fee: 0,
      fee_details: [],
      net: amount,
      status: 'available',
      ...what,
      ...MOVEMENTS[movement],
    });
  }
}
