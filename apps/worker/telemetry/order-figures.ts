import { ATTENTION_KINDS, RUN_STUCK_CAUSES } from '#libs/domain/order/attention';
import { isEnd, ORDER_STATUSES } from '#libs/domain/order/states';
import { STEPS } from '#libs/domain/order/steps';
import { DISABLED_REASONS } from '#libs/domain/webhooks/endpoint-health';
import { DISCREPANCY_KINDS } from '#libs/domain/reconciliation/reconciliation';
import { failureCode } from '#libs/persistence/database/database-failure';
import type { FigureRepository } from '#libs/persistence/figures/figures.repository';
import type { Logger } from '#libs/telemetry/logger';
import type { Metrics } from '#libs/telemetry/metrics';

const ENDPOINT_STATES = ['enabled', 'failing', ...DISABLED_REASONS.map((reason) => `disabled_${reason}`)];

/** How long a figure is shown before it is read again, however often it is asked for. Milliseconds. */
const KEPT_FOR = 5_000;

/** Anything that can be set, and emptied where its values cannot be known. */
interface Shown {
  reset(): void;
}

/** Gauges of what the database counts: every worker shows the same. */
export class OrderFigures {
  constructor(
    private readonly figures: FigureRepository,
    private readonly logger: Logger,
    private readonly keptFor = KEPT_FOR,
  ) {}

  showIn(metrics: Metrics): void {
    const { figures } = this;
    const readAt = metrics.gauge('order_figures_read_timestamp_seconds');
    const reading = (figure: string, gauges: readonly Shown[], show: () => Promise<void>) => {
      // The start, so that the alert also notices a figure that was never read.
      readAt.set({ figure }, Date.now() / 1_000);
      return this.reading(figure, gauges, async () => {
        await show();
        readAt.set({ figure }, Date.now() / 1_000);
      });
    };

    const open = metrics.gauge('orders_open', () => showOpen());
    const showOpen = reading('orders_open', [open], async () => {
      const counts = new Map((await figures.openOrders()).map(({ status, count }) => [status, count]));
      for (const status of ORDER_STATUSES)
        if (!isEnd(status) || counts.has(status)) open.set({ status }, counts.get(status) ?? 0);
    });

    const waits = metrics.gauge('order_waits', () => showWaits());
    const showWaits = reading('order_waits', [waits], async () => {
      const rows = await figures.waits();
      const countOf = (step: string, state: string) =>
        rows.find((row) => row.step === step && row.state === state)?.count ?? 0;
      for (const step of STEPS) {
        const [all, retrying, parked] = ['all', 'retrying', 'parked'].map((state) => countOf(step, state));
        waits.set({ step, state: 'retrying' }, retrying ?? 0);
        waits.set({ step, state: 'parked' }, parked ?? 0);
        waits.set({ step, state: 'waiting' }, (all ?? 0) - (retrying ?? 0) - (parked ?? 0));
      }
    });

    const attentions = metrics.gauge('order_attentions_open', () => showAttentions());
    const attentionAge = metrics.gauge('order_attention_oldest_age_seconds', () => showAttentions());
    const showAttentions = reading('order_attentions_open', [attentions, attentionAge], async () => {
      const rows = new Map((await figures.openAttentions()).map((row) => [row.kind, row]));
      for (const kind of ATTENTION_KINDS) {
        attentions.set({ kind }, rows.get(kind)?.count ?? 0);
        attentionAge.set({ kind }, rows.get(kind)?.age ?? 0);
      }
    });

    const backlog = metrics.gauge('order_backlog', () => showBacklog());
    const backlogAge = metrics.gauge('order_backlog_oldest_age_seconds', () => showBacklog());
    const showBacklog = reading('order_backlog', [backlog, backlogAge], async () => {
      for (const { queue, count, age } of await figures.backlog()) {
        backlog.set({ queue }, count);
        backlogAge.set({ queue }, age);
      }
    });

    const discrepancies = metrics.gauge('order_discrepancies_open', () => showDiscrepancies());
    const showDiscrepancies = reading('order_discrepancies_open', [discrepancies], async () => {
      const counts = new Map((await figures.openDiscrepancies()).map(({ kind, count }) => [kind, count]));
      for (const kind of DISCREPANCY_KINDS) discrepancies.set({ kind }, counts.get(kind) ?? 0);
    });

    const endpoints = metrics.gauge('webhook_endpoints', () => showEndpoints());
    const showEndpoints = reading('webhook_endpoints', [endpoints], async () => {
      const counts = new Map((await figures.webhookEndpoints()).map(({ state, count }) => [state, count]));
      for (const state of ENDPOINT_STATES) endpoints.set({ state }, counts.get(state) ?? 0);
    });

    const stuck = metrics.gauge('order_runs_stuck', () => showStuck());
    const showStuck = reading('order_runs_stuck', [stuck], async () => {
      const counts = new Map((await figures.stuckRuns()).map(({ cause, count }) => [cause, count]));
      for (const cause of RUN_STUCK_CAUSES) stuck.set({ cause }, counts.get(cause) ?? 0);
    });

    const lost = metrics.gauge('order_runs_lost', () => showLost());
    // Reset, it would be 0.
    const withoutLabels = { reset: () => lost.remove() };
    const showLost = reading('order_runs_lost', [withoutLabels], async () =>
      lost.set(await figures.lostRuns()),
    );
  }

  /** @returns reads a figure unless that was done a moment ago; where it cannot be read, its gauges are left out */
  private reading(figure: string, gauges: readonly Shown[], show: () => Promise<void>): () => Promise<void> {
    let due = 0;
    let last: Promise<void> = Promise.resolve();
    return () => {
      if (Date.now() < due) return last;
      due = Date.now() + this.keptFor;
      last = show().catch((error: unknown) => {
        for (const gauge of gauges) gauge.reset();
        this.logger.warn({ figure, code: failureCode(error) }, 'a figure could not be read');
      });
      return last;
    };
  }
}
