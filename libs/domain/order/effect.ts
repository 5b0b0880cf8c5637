import type { OrderStatus } from './states.js';

/** The outcome of a call that changes an outside system. */
export interface Settlement {
  readonly state: 'done' | 'refused' | 'closed';
  /** What the provider calls the object that the call made. */
  readonly providerId?: string;
  /** The part of the answer that a later attempt needs. */
  readonly result?: unknown;
}

/** When an effect is not to begin. */
export interface Unless {
  /** The statuses of its order. */
  readonly statuses?: readonly OrderStatus[];
  /** Whether it is not to begin, either, once a cancellation is requested. */
  readonly cancellation?: boolean;
}

/** An effect that begins with the change before it: its call follows at once. */
export interface EffectToBegin {
  readonly key: string;
  /** Of the body of its call. */
  readonly requestHash: string;
  readonly unless?: Unless;
}

/** An effect that is settled by the attempt that holds its fence. */
export interface SettledEffect {
  readonly key: string;
  /** Raised by every attempt that takes the effect over, so that the earlier attempt cannot write. */
  readonly fence: number;
  readonly settlement: Settlement;
}
