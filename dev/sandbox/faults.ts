import { z } from 'zod';

/** The operations of the providers that the product calls. */
export const OPERATIONS = [
  'payment_intents.create',
  'payment_intents.confirm',
  'payment_intents.capture',
  'payment_intents.cancel',
  'payment_intents.retrieve',
  'refunds.create',
  'refunds.retrieve',
  'refunds.list',
  'charges.retrieve',
  'disputes.retrieve',
  'disputes.list',
  'balance_transactions.list',
  'shipments.create',
  'shipments.cancel',
  'shipments.lookup',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const FAULT_NAMES = ['slow', '500', '429', 'never', 'drop_before', 'drop_after', 'refuse'] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/**
 * The faults. Those of the network apply to every call; the others only to a call with an effect, because a
 * repeated call gets the stored answer without running again.
 */
const FAULTS: Readonly<Record<FaultName, { appliesToReplays: boolean }>> = {
  /** Waits, then works. */
  slow: { appliesToReplays: true },
  /** Does nothing; answers 500. */
  500: { appliesToReplays: false },
  /** Does nothing; answers that there are too many calls. */
  429: { appliesToReplays: true },
  /** Does nothing and never answers. */
  never: { appliesToReplays: true },
  /** Closes the connection; does nothing. */
  drop_before: { appliesToReplays: true },
  /** Works, then closes the connection instead of answering. */
  drop_after: { appliesToReplays: true },
  /** Refuses in the form of the operation. */
  refuse: { appliesToReplays: false },
};

const DEFAULT_DELAY = 5_000;

export const faultSchema = z
  .strictObject({
    operation: z.enum(OPERATIONS),
    fault: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.enum(FAULT_NAMES)),
    /** How many calls it applies to. */
    times: z.int().min(1).max(10_000).default(1),
    /** Milliseconds; of `slow` alone. */
    delay: z.int().min(0).max(600_000).optional(),
  })
  .refine(({ fault, delay }) => fault === 'slow' || delay === undefined, {
    path: ['delay'],
    message: 'Only the fault "slow" has a delay',
  });
export type Fault = z.infer<typeof faultSchema>;

/** The faults that were scripted and have not been applied yet. */
export class Faults {
  #waiting: Fault[] = [];

  add(fault: Fault): Fault {
    this.#waiting.push(fault);
    return fault;
  }

  /** The remaining faults, in the order in which they will be applied. */
  list(): readonly Fault[] {
    return this.#waiting;
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Takes the fault that applies to a call. */
  take(operation: Operation, call: { replay: boolean }): AppliedFault | undefined {
    const taken = this.#waiting.find(
      (each) => each.operation === operation && (!call.replay || FAULTS[each.fault].appliesToReplays),
    );
    if (!taken) return undefined;
    this.#waiting = this.#waiting.flatMap((each) => {
      if (each !== taken) return [each];
      return each.times > 1 ? [{ ...each, times: each.times - 1 }] : [];
    });
    return { fault: taken.fault, delay: taken.delay ?? DEFAULT_DELAY };
  }
}

export interface AppliedFault {
  readonly fault: FaultName;
  /** Milliseconds. */
  readonly delay: number;
}
