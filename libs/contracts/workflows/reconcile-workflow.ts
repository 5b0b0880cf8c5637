/** The workflow's type name, by which it is started. */
export const RECONCILE_WORKFLOW = 'ReconcileWorkflow';
export const RECONCILE_SUMMARY = 'Compares the ledger with the payment provider’s records';
/** The schedule that starts it. */
export const RECONCILE_SCHEDULE = 'reconcile';
/** A separate task queue, so that reconciliation never delays an order. */
export const RECONCILIATION_QUEUE = 'reconciliation';

export interface ReconcileInput {
  /** Milliseconds since 1970; without it, from where the last run ended. */
  readonly since?: number;
  /** What is younger is left to the next run: milliseconds. */
  readonly minimumAge: number;
}

/** The time span that is compared. Milliseconds since 1970; the end is excluded. */
export interface ReconcileWindow {
  readonly since: number;
  readonly until: number;
}

/** How much was compared. */
export interface Compared {
  /** Movements of money at the gateway. */
  readonly moved: number;
  /** Ledger transactions about money at the gateway. */
  readonly booked: number;
  /** Orders, and intents of no order, that were compared one by one. */
  readonly examined: number;
}

export const NOTHING_COMPARED: Compared = { moved: 0, booked: 0, examined: 0 };

export const sumCompared = (one: Compared, other: Compared): Compared => ({
  moved: one.moved + other.moved,
  booked: one.booked + other.booked,
  examined: one.examined + other.examined,
});

export interface ReconcileResult extends ReconcileWindow, Compared {
  /** How many discrepancies are open afterwards. */
  readonly open: number;
}

/** Each may be repeated, and continues where an earlier attempt stopped. */
export interface ReconcileActivities {
  /** Syncs and compares orders that are unsettled or have an open discrepancy. */
  compareUnsettled(window: ReconcileWindow): Promise<Compared>;
  /** Compares the gateway's movements in the window with the ledger. */
  compareMovements(window: ReconcileWindow): Promise<Compared>;
  countDiscrepancies(): Promise<number>;
  /** The end of the window of the schedule's last complete run; milliseconds since 1970, null when none is known. */
  findLastReconciled(): Promise<number | null>;
}
