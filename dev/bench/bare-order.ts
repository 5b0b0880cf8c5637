/** The names that the bare workflow, its worker and its client share. No part of the product uses them. */
export const BARE_NAMESPACE = 'bare';
export const BARE_TASK_QUEUE = 'bare';
export const BARE_WORKFLOW = 'BareOrder';
export const ARRIVED = 'arrived';

export interface BareActivities {
  /** Does nothing. */
  takeStep(): Promise<void>;
  /** Does nothing but report its caller, so that the signal can come from outside when it is waited for. */
  handOver(): Promise<void>;
}

/** Begins the line that `handOver` writes; the workflow's id follows. */
export const HANDED_OVER = 'handed over ';
