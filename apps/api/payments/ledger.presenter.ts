import type { LedgerView } from '#libs/contracts/http/ledger.api';
import type { LedgerTransaction } from '#libs/persistence/ledger/ledger.repository';

/** Transactions with the balance of each account. */
export function presentLedger(transactions: readonly LedgerTransaction[]): LedgerView {
  const balances = new Map<LedgerView['balances'][number]['account'], number>();
  for (const { entries } of transactions) {
    for (const { account, amount } of entries) balances.set(account, (balances.get(account) ?? 0) + amount);
  }
  return {
    data: transactions.map(({ entries, ...transaction }) => ({
      ...transaction,
      entries: entries.map((entry) => ({ ...entry })),
    })),
    balances: [...balances].map(([account, amount]) => ({ account, amount })),
  };
}
