import type { AgingTable } from '#libs/persistence/sweeper/old-rows.repository';
import type { Metrics } from '#libs/telemetry/metrics';

/** Counts what the sweeper had to repeat and the rows it removed, and shows when it last went through its duties. */
export class SweeperMetrics {
  private readonly repeats;
  private readonly failures;
  private readonly removals;
  private readonly lastSweep;

  constructor(metrics: Metrics) {
    this.repeats = metrics.counter('sweeper_repeated_total');
    this.failures = metrics.counter('sweeper_failures_total');
    this.removals = metrics.counter('sweeper_removed_rows_total');
    this.lastSweep = metrics.gauge('sweeper_last_sweep_timestamp_seconds');
    this.lastSweep.setToCurrentTime();
  }

  repeated(duty: string): void {
    this.repeats.inc({ duty });
  }

  failed(duty: string): void {
    this.failures.inc({ duty });
  }

  removed(table: AgingTable, rows: number): void {
    this.removals.inc({ table }, rows);
  }

  swept(): void {
    this.lastSweep.setToCurrentTime();
  }
}
