import { z } from 'zod';

import { closedReferenceSchema, journeyStopSchema, parcelSchema, webhookSchema } from './carrier/parcel.js';
import { Collection } from './collection.js';
import { storedAnswerSchema } from './gateway/idempotency-keys.js';
import { chargeSchema, intentSchema, refundSchema } from './gateway/stripe-objects.js';

/** What the state file holds. Scripted faults are left out on purpose: a restart is a fair sky. */
export const savedStateSchema = z.object({
  intents: z.record(z.string(), intentSchema),
  charges: z.record(z.string(), chargeSchema),
  refunds: z.record(z.string(), refundSchema),
  answers: z.record(z.string(), storedAnswerSchema),
  parcels: z.record(z.string(), parcelSchema),
  closedReferences: z.record(z.string(), closedReferenceSchema),
  stops: z.record(z.string(), journeyStopSchema),
  webhooks: z.record(z.string(), webhookSchema),
});
export type SavedState = z.infer<typeof savedStateSchema>;

/** Everything the sandbox knows. */
export class SandboxState {
  readonly intents;
  readonly charges;
  readonly refunds;
  /** What was answered under an idempotency key, by key. */
  readonly answers;
  /** By reference. */
  readonly parcels;
  /** References that nothing may be created under any more. */
  readonly closedReferences;
  /** What parcels will do by themselves, and when. */
  readonly stops;
  /** Webhooks nobody has accepted yet, by their id. */
  readonly webhooks;

  constructor(saved: SavedState | undefined, changed: () => void) {
    this.intents = new Collection(saved?.intents ?? {}, changed);
    this.charges = new Collection(saved?.charges ?? {}, changed);
    this.refunds = new Collection(saved?.refunds ?? {}, changed);
    this.answers = new Collection(saved?.answers ?? {}, changed);
    this.parcels = new Collection(saved?.parcels ?? {}, changed);
    this.closedReferences = new Collection(saved?.closedReferences ?? {}, changed);
    this.stops = new Collection(saved?.stops ?? {}, changed);
    this.webhooks = new Collection(saved?.webhooks ?? {}, changed);
  }
}
