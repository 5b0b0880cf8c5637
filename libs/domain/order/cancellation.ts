import type { OrderStatus } from './states.js';

export const CANCELLATION_STATES = ['requested', 'accepted', 'refused'] as const;
export type CancellationState = (typeof CANCELLATION_STATES)[number];

export const CANCELLATION_CODES = [
  'already_shipped',
  'already_delivered',
  'already_undelivered',
  'already_rejected',
] as const;
export type CancellationCode = (typeof CANCELLATION_CODES)[number];

export interface CancellationOutcome {
  readonly state: CancellationState;
  /** Why it was refused. */
  readonly code: CancellationCode | null;
}

const refused = (code: CancellationCode): CancellationOutcome => ({ state: 'refused', code });

/** The outcome of a cancellation request, by the order's status; the request is open until one of these. */
export const CANCELLATION_OUTCOMES: Readonly<Record<OrderStatus, CancellationOutcome>> = {
  pending: { state: 'requested', code: null },
  confirmed: { state: 'requested', code: null },
  cancelling: { state: 'requested', code: null },
  cancelled: { state: 'accepted', code: null },
  shipped: refused('already_shipped'),
  delivered: refused('already_delivered'),
  undelivered: refused('already_undelivered'),
  rejected: refused('already_rejected'),
};
