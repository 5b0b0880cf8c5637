import { ACTIVITY_STEPS, DECISIONS } from '#libs/contracts/workflows/activities';
import type { Metrics } from '#libs/telemetry/metrics';

export type FailureKind = 'refusal' | 'outage' | 'attention' | 'contradiction' | 'bug';

/** Every activity whose attempts may fail. */
const ACTIVITIES = [...Object.keys({ ...ACTIVITY_STEPS, ...DECISIONS }), 'syncPayment'];
/** Kinds with an alert on their increase. */
const ALERTING: readonly FailureKind[] = ['contradiction', 'bug'];

/** Counts the attempts of activities. */
export class ActivityMetrics {
  private readonly retries;
  private readonly failures;

  constructor(metrics: Metrics) {
    this.retries = metrics.counter('order_activity_retries_total');
    this.failures = metrics.counter('order_activity_failures_total');
    // Shown before the first one, so that Prometheus sees it as an increase.
    for (const activity of ACTIVITIES) for (const kind of ALERTING) this.failures.inc({ activity, kind }, 0);
  }

  /** @param attempt from 1 */
  begun(activity: string, attempt: number): void {
    if (attempt > 1) this.retries.inc({ activity });
  }

  failed(activity: string, kind: FailureKind): void {
    this.failures.inc({ activity, kind });
  }
}
