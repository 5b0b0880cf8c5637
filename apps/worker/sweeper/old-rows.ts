import {
  AGING_TABLES,
  type AgingTable,
  type OldRowsRepository,
} from '#libs/persistence/sweeper/old-rows.repository';
import type { Logger } from '#libs/telemetry/logger';

import type { SweeperMetrics } from '../telemetry/sweeper-metrics.js';

/** How long rows of each table are kept at the least, in milliseconds. */
export type Retention = Readonly<Record<AgingTable, number>>;

/** How many rows one statement looks at, so that it holds its locks for some milliseconds; and how many statements a sweep makes. */
const BATCH = 100;
const BATCHES = 20;

/** Removes rows that are past their age, some at each sweep. */
export class OldRows {
  constructor(
    private readonly rows: OldRowsRepository,
    private readonly retention: Retention,
    private readonly logger: Logger,
    private readonly metrics?: Pick<SweeperMetrics, 'removed'>,
  ) {}

  async remove(stopping: AbortSignal): Promise<void> {
    for (const table of AGING_TABLES) await this.removeFrom(table, stopping);
  }

  private async removeFrom(table: AgingTable, stopping: AbortSignal): Promise<void> {
    let removed = 0;
    for (let batch = 0; batch < BATCHES && !stopping.aborted; batch++) {
      const done = await this.rows.remove(table, this.retention[table], BATCH);
      if (done === null) break;
      this.metrics?.removed(table, done.removed);
      removed += done.removed;
      if (!done.hasMore) break;
    }
    if (removed > 0) this.logger.info({ table, removed }, 'removed rows that are past their age');
  }
}
