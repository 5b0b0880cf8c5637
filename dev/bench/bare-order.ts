/** What the bare workflow, its worker and who starts it agree on. No part of the product knows of it. */
export const BARE_NAMESPACE = 'bare';
export const BARE_TASK_QUEUE = 'bare';
export const BARE_WORKFLOW = 'BareOrder';
export const ARRIVED = 'arrived';

export interface BareActivities {
  /** Does nothing. */
  takeStep(): Promise<void>;
  /** Does nothing but say who asked, so that the signal can come from outside when it is waited for. */
  handOver(): Promise<void>;
}

/** Begins the line that `handOver` writes; the workflow's id follows. */
export const HANDED_OVER = 'handed over ';
