// Raw SQL: each figure is one statement over an index, as the open part of a table is what it counts.
import type { AttentionKind, RunStuckCause } from '#libs/domain/order/attention';
import type { OrderStatus } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';

import type { ConnectionPool } from '../database/connection-pool.js';
import { type BacklogQueue, FIGURES } from './figure-statements.js';

export interface WaitCount {
  readonly step: StepName;
  readonly state: 'all' | 'retrying' | 'parked';
  readonly count: number;
}

/** How many there are, and the age of the oldest in seconds. */
interface Counted {
  readonly count: number;
  readonly age: number;
}

/** Counts of what is open, for metrics. Their statements are limited by the pool that they are asked over. */
export class FigureRepository {
  constructor(private readonly pool: Pick<ConnectionPool, 'query'>) {}

  async openOrders(): Promise<{ readonly status: OrderStatus; readonly count: number }[]> {
    return (await this.pool.query<{ status: OrderStatus; count: number }>(FIGURES.openOrders)).rows;
  }

  /** Each step under `all`, and again under `retrying` and `parked` for those that failed. */
  async waits(): Promise<WaitCount[]> {
    return (await this.pool.query<WaitCount>(FIGURES.waits)).rows;
  }

  async openAttentions(): Promise<(Counted & { readonly kind: AttentionKind })[]> {
    return (await this.pool.query<Counted & { kind: AttentionKind }>(FIGURES.openAttentions)).rows;
  }

  /** One row for each queue. */
  async backlog(): Promise<(Counted & { readonly queue: BacklogQueue })[]> {
    return (await this.pool.query<Counted & { queue: BacklogQueue }>(FIGURES.backlog)).rows;
  }

  /** Lost runs that are too many to act on. */
  async lostRuns(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(FIGURES.lostRuns);
    return rows[0]?.count ?? 0;
  }

  /** Orders that show that their run is stuck. */
  async stuckRuns(): Promise<{ readonly cause: RunStuckCause; readonly count: number }[]> {
    return (await this.pool.query<{ cause: RunStuckCause; count: number }>(FIGURES.stuckRuns)).rows;
  }

  /** By `enabled`, `failing`, and `disabled_` with the reason. */
  async webhookEndpoints(): Promise<{ readonly state: string; readonly count: number }[]> {
    return (await this.pool.query<{ state: string; count: number }>(FIGURES.webhookEndpoints)).rows;
  }

  async openDiscrepancies(): Promise<{ readonly kind: string; readonly count: number }[]> {
    return (await this.pool.query<{ kind: string; count: number }>(FIGURES.openDiscrepancies)).rows;
  }
}
