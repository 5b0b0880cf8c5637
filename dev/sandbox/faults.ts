import { z } from 'zod';

/** What the product asks of its providers. */
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
 * What can go wrong. The network's faults strike every call; the others strike only a call that would do
 * something, because a repeated call gets the stored answer without running again.
 */
const FAULTS: Readonly<Record<FaultName, { strikesReplays: boolean }>> = {
  /** Waits, then works. */
  slow: { strikesReplays: true },
  /** Does nothing; answers 500. */
  500: { strikesReplays: false },
  /** Does nothing; answers that there are too many calls. */
  429: { strikesReplays: true },
  /** Does nothing and never answers. */
  never: { strikesReplays: true },
  /** Closes the connection; does nothing. */
  drop_before: { strikesReplays: true },
  /** Works, then closes the connection instead of answering. */
  drop_after: { strikesReplays: true },
  /** Says no, as the operation does. */
  refuse: { strikesReplays: false },
};

const DEFAULT_DELAY = 5_000;

export const faultSchema = z
  .strictObject({
    operation: z.enum(OPERATIONS),
    fault: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.enum(FAULT_NAMES)),
    /** How many calls it strikes. */
    times: z.int().min(1).max(10_000).default(1),
    /** Milliseconds; of `slow` alone. */
    delay: z.int().min(0).max(600_000).optional(),
  })
  .refine(({ fault, delay }) => fault === 'slow' || delay === undefined, {
    path: ['delay'],
    message: 'Only the fault "slow" has a delay',
  });
export type Fault = z.infer<typeof faultSchema>;

/** The faults that were scripted and have not struck yet. */
export class Faults {
  #waiting: Fault[] = [];

  add(fault: Fault): Fault {
    this.#waiting.push(fault);
    return fault;
  }

  /** What is left, in the order it will strike. */
  list(): readonly Fault[] {
    return this.#waiting;
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that strikes a call now, which is then one less. */
  strike(operation: Operation, call: { replay: boolean }): Strike | undefined {
    const struck = this.#waiting.find(
      (each) => each.operation === operation && (!call.replay || FAULTS[each.fault].strikesReplays),
    );
    if (!struck) return undefined;
    this.#waiting = this.#waiting.flatMap((each) => {
      if (each !== struck) return [each];
      return each.times > 1 ? [{ ...each, times: each.times - 1 }] : [];
    });
    return { fault: struck.fault, delay: struck.delay ?? DEFAULT_DELAY };
  }
}

export interface Strike {
  readonly fault: FaultName;
  /** Milliseconds. */
  readonly delay: number;
}
