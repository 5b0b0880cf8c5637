/** The outcome of a call that changes an outside system. */
export interface Settlement {
  readonly state: 'done' | 'refused' | 'closed';
  /** What the provider calls the object that the call made. */
  readonly providerId?: string;
  /** The part of the answer that a later attempt needs. */
  readonly result?: unknown;
}

/** An effect that is settled by the attempt that holds its fence. */
export interface SettledEffect {
  readonly key: string;
  /** Raised by every attempt that takes the effect over, so that the earlier attempt cannot write. */
  readonly fence: number;
  readonly settlement: Settlement;
}
