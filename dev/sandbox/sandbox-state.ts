import { z } from 'zod';

import { closedReferenceSchema, journeyStopSchema, parcelSchema, webhookSchema } from './carrier/parcel.js';
import { Collection } from './collection.js';
import { balanceTransactionSchema } from './gateway/balance-transaction.js';
import { disputeSchema } from './gateway/dispute.js';
import { eventDeliverySchema, storedEventSchema } from './gateway/event.js';
import { storedAnswerSchema } from './gateway/idempotency-keys.js';
import { settlementSchema } from './gateway/settlements.js';
import { chargeSchema, intentSchema, refundSchema } from './gateway/stripe-objects.js';

/** Of a collection that older state files do not have. */
const later = <S extends z.ZodType>(schema: S) => z.record(z.string(), schema).prefault({});

/** What the state file holds. Scripted faults are left out: after a restart there are none. */
export const savedStateSchema = z.object({
  intents: z.record(z.string(), intentSchema),
  charges: z.record(z.string(), chargeSchema),
  refunds: z.record(z.string(), refundSchema),
  disputes: later(disputeSchema),
  balanceTransactions: later(balanceTransactionSchema),
  events: later(storedEventSchema),
  eventDeliveries: later(eventDeliverySchema),
  settlements: later(settlementSchema),
  answers: z.record(z.string(), storedAnswerSchema),
  parcels: z.record(z.string(), parcelSchema),
  closedReferences: z.record(z.string(), closedReferenceSchema),
  stops: z.record(z.string(), journeyStopSchema),
  webhooks: z.record(z.string(), webhookSchema),
});
export type SavedState = z.infer<typeof savedStateSchema>;

/** The whole state of the sandbox. */
export class SandboxState {
  readonly intents;
  readonly charges;
  readonly refunds;
  readonly disputes;
  readonly balanceTransactions;
  /** The events of the gateway. */
  readonly events;
  /** Its webhooks that were not accepted yet, by their id. */
  readonly eventDeliveries;
  /** Decisions that banks will take by themselves, and when. */
  readonly settlements;
  /** What was answered under an idempotency key, by key. */
  readonly answers;
  /** By reference. */
  readonly parcels;
  /** References that nothing may be created under any more. */
  readonly closedReferences;
  /** Events that will happen to parcels by themselves, and when. */
  readonly stops;
  /** The carrier's webhooks that were not accepted yet, by their id. */
  readonly webhooks;

  constructor(saved: SavedState | undefined, changed: () => void) {
    this.intents = new Collection(saved?.intents ?? {}, changed);
    this.charges = new Collection(saved?.charges ?? {}, changed);
    this.refunds = new Collection(saved?.refunds ?? {}, changed);
    this.disputes = new Collection(saved?.disputes ?? {}, changed);
    this.balanceTransactions = new Collection(saved?.balanceTransactions ?? {}, changed);
    this.events = new Collection(saved?.events ?? {}, changed);
    this.eventDeliveries = new Collection(saved?.eventDeliveries ?? {}, changed);
    this.settlements = new Collection(saved?.settlements ?? {}, changed);
    this.answers = new Collection(saved?.answers ?? {}, changed);
    this.parcels = new Collection(saved?.parcels ?? {}, changed);
    this.closedReferences = new Collection(saved?.closedReferences ?? {}, changed);
    this.stops = new Collection(saved?.stops ?? {}, changed);
    this.webhooks = new Collection(saved?.webhooks ?? {}, changed);
  }
}
