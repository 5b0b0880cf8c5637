/** The workflow's type name, by which it is started. */
export const RECONCILE_WORKFLOW = 'ReconcileWorkflow';
export const RECONCILE_SUMMARY = 'Compares the ledger with the payment provider’s records';
/** What starts it from time to time. */
export const RECONCILE_SCHEDULE = 'reconcile';
/** Its activities have a queue of their own, so that they never stand in an order's way. */
export const RECONCILIATION_QUEUE = 'reconciliation';

export interface ReconcileInput {
  /** Milliseconds since 1970; without it, from where the last run ended. */
  readonly since?: number;
  /** What happened this recently is left to the next run: milliseconds. */
  readonly settle: number;
}

/** What is compared: all that happened in it. Milliseconds since 1970; the end is not included. */
export interface ReconcileWindow {
  readonly since: number;
  readonly until: number;
}

/** How much was compared. */
export interface Compared {
  /** What moved at the gateway. */
  readonly moved: number;
  /** What was booked about money at the gateway. */
  readonly booked: number;
  /** How many orders, or intents of no order, were held against the gateway's records one by one. */
  readonly examined: number;
}

export const NOTHING_COMPARED: Compared = { moved: 0, booked: 0, examined: 0 };

export const sumCompared = (one: Compared, other: Compared): Compared => ({
  moved: one.moved + other.moved,
  booked: one.booked + other.booked,
  examined: one.examined + other.examined,
});

export interface ReconcileResult extends ReconcileWindow, Compared {
  /** How many findings are open afterwards. */
  readonly open: number;
}

/** Each may be repeated, and goes on where an attempt that was killed had come to. */
export interface ReconcileActivities {
  /** Settles and compares what is unsettled here, or was found before. */
  compareUnsettled(window: ReconcileWindow): Promise<Compared>;
  /** Compares what moved at the gateway, and what was booked, in the window. */
  compareMovements(window: ReconcileWindow): Promise<Compared>;
  countFindings(): Promise<number>;
  /** Up to when the schedule's last complete run has compared; milliseconds since 1970, null when it is forgotten. */
  lastReconciled(): Promise<number | null>;
}
