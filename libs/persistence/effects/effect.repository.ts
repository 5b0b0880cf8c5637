// Raw SQL: an effect begins, or is taken over, and is read with its order by one statement, for every call.
import type { OrderId } from '#libs/domain/order/order-id';
import type { Unless } from '#libs/domain/order/effect';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import type { OrderListener } from '../orders/order-listener.js';
import { EFFECT, mayBegin } from './effect.sql.js';
import { OrderNotFound, type OrderRecord } from '../orders/order-record.js';
import { selectOrders } from '../orders/order-record.sql.js';

/** A row of the journal, as an attempt finds it. */
export interface Effect {
  readonly key: string;
  readonly state: 'started' | 'done' | 'refused' | 'closed';
  /** What this attempt must hold to write: a later attempt has raised it. */
  readonly fence: number;
  /** Counts the idempotency keys used up at the provider. */
  readonly try: number;
  readonly requestHash: string;
  readonly providerId: string | null;
  readonly result: unknown;
  /** True when this call made the row. */
  readonly fresh: boolean;
}

/** An effect that began with a change, and its order after that change. */
export interface Begun {
  readonly order: OrderRecord;
  readonly effect: Effect;
}

/** The journal of calls that change the outside world. */
export class EffectRepository {
  constructor(
    private readonly db: Database,
    private readonly listener?: OrderListener,
  ) {}

  /**
   * Starts an effect, or takes over a started one by raising its fence; a settled one is answered as it is.
   *
   * @param unless when it is not to begin; it is null then
   * @returns it with its order, in one statement
   * @throws OrderNotFound
   */
  async begin(
    orderId: OrderId,
    key: string,
    requestHash: string,
    unless: Unless = {},
  ): Promise<{ order: OrderRecord; effect: Effect | null }> {
    const rows = await this.db.$queryRaw<{ order: OrderRecord; effect: Effect | null }[]>`
      WITH asked AS (SELECT * FROM orders WHERE id = ${orderId}::uuid),
      begun AS (
        INSERT INTO effect (key, order_id, request_hash, state)
        SELECT ${key}, o.id, ${requestHash}, 'started' FROM asked o WHERE ${mayBegin(unless)}
        ON CONFLICT (key) DO UPDATE SET fence = effect.fence + (effect.state = 'started')::int
        RETURNING ${EFFECT}, xmax = 0 AS fresh)
      ${selectOrders(Prisma.sql`asked`, Prisma.sql`(SELECT to_jsonb(begun) FROM begun) AS effect`)}`;
    const row = rows[0];
    if (!row) throw new OrderNotFound(`no order ${orderId}`);
    this.listener?.read(row.order);
    return row;
  }

  /**
   * Keeps an effect that has not begun from ever beginning, and takes over one that has. Absent becomes closed;
   * started stays started under a new fence, for the caller to resolve.
   */
  async close(orderId: OrderId, key: string): Promise<Effect> {
    const rows = await this.db.$queryRaw<Effect[]>`
      INSERT INTO effect (key, order_id, request_hash, state, settled_at)
      VALUES (${key}, ${orderId}::uuid, '', 'closed', now())
      ON CONFLICT (key) DO UPDATE SET fence = effect.fence + (effect.state = 'started')::int
      RETURNING ${EFFECT}, xmax = 0 AS fresh`;
    const row = rows[0];
    if (!row) throw new Error('an upsert answered no row');
    return row;
  }

  /** Moves a started effect to a fresh idempotency key, journalled before the key is used. */
  async rotateIdempotencyKey(key: string, fence: number): Promise<void> {
    await this.db.effect.updateMany({
      where: { key, state: 'started', fence },
      data: { try: { increment: 1 } },
    });
  }

  /** Gives an unclear effect a fresh key: for a refund only an operator's retry does that. */
  async rotateUnclearKey(key: string): Promise<void> {
    await this.db.effect.updateMany({ where: { key, state: 'started' }, data: { try: { increment: 1 } } });
  }

  async find(key: string): Promise<Effect | null> {
    const rows = await this.db.$queryRaw<
      Effect[]
    >`SELECT ${EFFECT}, false AS fresh FROM effect WHERE key = ${key}`;
    return rows[0] ?? null;
  }
}
