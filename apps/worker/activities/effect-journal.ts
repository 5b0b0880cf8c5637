import { createHash } from 'node:crypto';

import stringify from 'safe-stable-stringify';

import { Outage, Refusal } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Begun, Effect, EffectRepository } from '#libs/persistence/effects/effect.repository';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { Logger } from '#libs/telemetry/logger';
import type { EffectToBegin, Settlement, Unless } from '#libs/domain/order/effect';
import type { OrderChange } from '#libs/domain/order/order-change';

/** What an effect's answer means: how the journal is settled, and the fact that is written with it. */
export interface Outcome {
  readonly settlement: Settlement;
  readonly change: (order: OrderRecord) => Omit<OrderChange, 'settles'>;
  /** The call that follows at once, whose effect begins in the same statement. */
  readonly next?: NextCall;
}

/** A call that is made after another fact. */
export type NextCall = Pick<Call<never>, 'key' | 'request' | 'unless'>;

/** One call that changes the outside world. */
export interface Call<T> {
  readonly key: string;
  /** The body of the call; a key is never used for two different bodies. */
  readonly request: unknown;
  /** When the call is not to be begun. */
  readonly unless?: Unless;
  /** Looks up an earlier attempt at the provider; null when it had no effect. */
  readonly ask?: (effect: Effect) => Promise<T | null>;
  /** Makes the call, under an idempotency key that stays the same until the provider has stored a failure. */
  readonly act: (idempotencyKey: string, order: OrderRecord) => Promise<T>;
  readonly outcome: (answer: T) => Outcome;
  /** The fact written when the provider refuses; without it, nothing but the refusal itself. */
  readonly refused?: (code: string, order: OrderRecord) => OrderChange;
  /** Whether an unclear failure keeps its key until an operator retries with a fresh one. */
  readonly keepsIdempotencyKey?: boolean;
}

/**
 * Makes each call at most once, however often it is requested: the call is journalled before it is made,
 * resolved by a lookup when in doubt, and settled in the statement that writes what it changed.
 */
export class EffectJournal {
  constructor(
    private readonly effects: EffectRepository,
    private readonly orders: OrderRepository,
    private readonly logger: Logger,
  ) {}

  /**
   * @param begun the effect, where it has begun with the fact before it
   * @returns how the effect is settled, now or by an earlier attempt; closed when it was not to begin
   * @throws Refusal `closed` when a compensation came first
   * @throws Outage when the provider gave no usable answer, or `overtaken` when another attempt took over
   */
  async run<T>(orderId: OrderId, call: Call<T>, begun?: Begun | null): Promise<Settlement> {
    return (await this.runAndBegin(orderId, call, begun)).settled;
  }

  /** The same. @returns also the next call's effect, where it has begun with the settlement of this one */
  async runAndBegin<T>(
    orderId: OrderId,
    call: Call<T>,
    begun?: Begun | null,
  ): Promise<{ readonly settled: Settlement; readonly next: Begun | null }> {
    const hash = hashOf(call.request);
    const { order, effect } = begun ?? (await this.effects.begin(orderId, call.key, hash, call.unless));
    if (effect === null) return { settled: { state: 'closed' }, next: null };
    if (effect.state === 'closed') throw new Refusal('closed');
    if (effect.requestHash !== hash) throw new Error(`effect ${call.key} was started with another request`);
    if (effect.state !== 'started') {
      this.alreadyProcessed(orderId, call.key);
      const { state, providerId, result } = effect;
      return { settled: { state, providerId: providerId ?? undefined, result }, next: null };
    }
    const { settlement, change, next } = await this.answer(order, call, effect);
    const written = await this.orders.write(order, (current) => ({
      ...change(current),
      ...(next && { begins: toBegin(next) }),
      settles: { key: effect.key, fence: effect.fence, settlement },
    }));
    if (!written) throw new Outage('superseded');
    return { settled: settlement, next: written.begun };
  }

  /** Prevents an effect from beginning; the caller resolves one that has begun by running it. */
  async close(orderId: OrderId, key: string): Promise<Effect> {
    return this.effects.close(orderId, key);
  }

  /** Logs that an effect proved to have happened before. */
  alreadyProcessed(orderId: OrderId, key: string): void {
    this.logger.info({ orderId, effect: key }, `Idempotency detected: ${key} already processed`);
  }

  private async answer<T>(order: OrderRecord, call: Call<T>, effect: Effect): Promise<Outcome> {
    const known = effect.fresh ? null : await asked(call, effect);
    if (known !== null) {
      this.alreadyProcessed(order.id, call.key);
      return call.outcome(known);
    }
    try {
      return call.outcome(await call.act(idempotencyKey(effect), order));
    } catch (error) {
      if (error instanceof Refusal) {
        const { refused } = call;
        const event = {
          type: 'effect.refused',
          actor: 'workflow',
          details: { key: call.key, code: error.code },
        };
        return {
          settlement: { state: 'refused', result: { code: error.code } },
          change: (current) => (refused ? refused(error.code, current) : { event }),
        };
      }
      if (error instanceof Outage && error.keyConsumed && !call.keepsIdempotencyKey) {
        await this.effects.rotateIdempotencyKey(effect.key, effect.fence);
      }
      throw error;
    }
  }
}

/** The effect of a call that begins with the fact before it. */
export const toBegin = ({ key, request, unless }: NextCall): EffectToBegin => ({
  key,
  requestHash: hashOf(request),
  unless,
});

const hashOf = (request: unknown) =>
  createHash('sha256')
    .update(stringify(request) ?? '')
    .digest('hex');

/** A provider that refuses a lookup of a call has not refused the call. */
async function asked<T>(call: Call<T>, effect: Effect): Promise<T | null> {
  try {
    return (await call.ask?.(effect)) ?? null;
  } catch (error) {
    throw error instanceof Refusal ? new Outage(error.code, { cause: error }) : error;
  }
}

/** The key itself for the first try, `…:<try>` once the provider has stored a failure under it. */
function idempotencyKey(effect: Effect): string {
  return effect.try === 1 ? effect.key : `${effect.key}:${effect.try}`;
}

/** The code a refused effect was refused with. */
export function refusalCode(settlement: Settlement): string {
  const { result } = settlement;
  const code = typeof result === 'object' && result !== null && 'code' in result ? result.code : undefined;
  return typeof code === 'string' ? code : 'refused';
}
