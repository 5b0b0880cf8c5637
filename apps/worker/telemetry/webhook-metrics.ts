import type { WebhookFailure } from '#libs/domain/webhooks/delivery';
import type { Metrics } from '#libs/telemetry/metrics';

/** Counts attempts to deliver events, and measures how late events arrive. */
export class WebhookMetrics {
  private readonly attempts;
  private readonly delays;

  constructor(metrics: Metrics) {
    this.attempts = metrics.histogram('webhook_attempt_duration_seconds');
    this.delays = metrics.histogram('webhook_delay_seconds');
  }

  /** @param duration milliseconds */
  attempted(failure: WebhookFailure | null, duration: number): void {
    this.attempts.observe({ outcome: failure ?? 'delivered' }, duration / 1_000);
  }

  /** @param time of the event */
  delivered(time: string): void {
    this.delays.observe(Math.max(0, Date.now() - Date.parse(time)) / 1_000);
  }
}
