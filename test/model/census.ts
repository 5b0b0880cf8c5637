import type { Model } from './model.js';
import type { Real } from './real.js';

/** What happened to an order, by the type of the event in its audit trail. */
const KIND_OF: Readonly<Record<string, string>> = {
  'payment.requires_action': '3-D Secure is asked for',
  'payment.processing': 'a payment takes its time',
  'payment.declined': 'a card is declined',
  'payment.authorized': 'money is held until the label',
  'payment.voided': 'an intent is canceled',
  'shipment.refused': 'the carrier refuses a parcel',
  'cancellation.accepted': 'a cancellation begins',
  'cancellation.refused': 'a cancellation is refused',
  'refund.failed': 'a refund fails',
  'dispute.opened': 'a dispute is opened',
  'order.parked': 'a step is parked',
  'delivery.overdue': 'a delivery is overdue',
  'order.run_closed': 'a run is closed before its order',
};

/** Counts the runs in which each kind of event happened. */
export class Census {
  private runs = 0;
  private readonly counts = new Map<string, number>();

  async add(model: Model, { system }: Real): Promise<void> {
    const kinds = new Set(model.came);
    for (const { id } of model.orders) {
      const { status, endReason } = await system.store.orders.get(id);
      for (const { type } of await system.store.orders.events(id)) {
        const kind = KIND_OF[type];
        if (kind !== undefined) kinds.add(kind);
      }
      kinds.add(`an order ends ${status}${endReason === null ? '' : `, ${endReason.code}`}`);
    }
    this.runs += 1;
    for (const kind of kinds) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  merge(other: Census): void {
    this.runs += other.runs;
    for (const [kind, count] of other.counts) this.counts.set(kind, (this.counts.get(kind) ?? 0) + count);
  }

  /** A line for each kind: the runs in which it came, and as many of a thousand. */
  toString(): string {
    const lines = [...this.counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([kind, count]) => {
        const each = Math.round((count / this.runs) * 1_000);
        return `  ${String(count).padStart(5)} ${String(each).padStart(7)}  ${kind}`;
      });
    return [`In how many of ${this.runs} runs, and of a thousand, each of these came:`, ...lines].join('\n');
  }
}
