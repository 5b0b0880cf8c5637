import { AsyncLocalStorage } from 'node:async_hooks';

/** What waits for a provider's limit goes on in this order. */
export const PRIORITIES = ['normal', 'compensation'] as const;
/** `immediate`: it does not wait, and is not sent where it would have to. */
export type CallPriority = (typeof PRIORITIES)[number] | 'immediate';

const priorities = new AsyncLocalStorage<CallPriority>();

/** Runs something whose calls to providers go before those of lower priority. */
export const withCallPriority = <T>(priority: CallPriority, run: () => T): T => priorities.run(priority, run);

export const callPriority = (): CallPriority => priorities.getStore() ?? 'normal';
