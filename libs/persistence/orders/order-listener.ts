import type { LedgerKind } from '#libs/domain/ledger/ledger';
import type { OrderChange } from '#libs/domain/order/order-change';

import type { OrderRecord } from './order-record.js';

/** What was booked with a change; what the books had before is not in it. Minor units. */
export interface Booking {
  readonly kind: LedgerKind;
  readonly amount: number;
}

/** Is called with what this process has read and written, for metrics and logs; it cannot change anything. */
export interface OrderListener {
  read(order: OrderRecord): void;
  accepted(order: OrderRecord): void;
  /** @param before the order as it was when the change was decided */
  changed(before: OrderRecord, change: OrderChange, booked: readonly Booking[]): void;
}

/** Several listeners as one. */
export const everyListener = (...listeners: readonly Partial<OrderListener>[]): OrderListener => ({
  read(order) {
    for (const listener of listeners) listener.read?.(order);
  },
  accepted(order) {
    for (const listener of listeners) listener.accepted?.(order);
  },
  changed(before, change, booked) {
    for (const listener of listeners) listener.changed?.(before, change, booked);
  },
});
