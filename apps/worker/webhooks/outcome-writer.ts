import type { Store } from '#libs/persistence/store';
import type { EndedAttempt, SettledDelivery } from '#libs/persistence/webhooks/webhook-delivery.repository';

/** How many are written by one statement. */
const AT_ONCE = 100;

interface Waiting {
  readonly ended: EndedAttempt;
  readonly resolve: (settled: SettledDelivery | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes how attempts ended by one statement at a time: what ends meanwhile is written together by the next one. So many
 * attempts take one connection of the pool, and leave the others to orders.
 */
export class OutcomeWriter {
  private readonly waiting: Waiting[] = [];
  private isWriting = false;

  constructor(private readonly deliveries: Pick<Store['webhookDeliveries'], 'settle'>) {}

  /** @returns null where another process has taken the delivery meanwhile */
  write(ended: EndedAttempt): Promise<SettledDelivery | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ended, resolve, reject });
      if (!this.isWriting) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, AT_ONCE);
      try {
        const settled = await this.deliveries.settle(batch.map(({ ended }) => ended));
        const byId = new Map(settled.map((each) => [each.id, each]));
        for (const { ended, resolve } of batch) resolve(byId.get(ended.taken.id) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isWriting = false;
  }
}
