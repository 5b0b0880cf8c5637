import type { OrderId } from '#libs/domain/order/order-id';
import { orderTime } from '#libs/domain/order/order-id';
import type { GatewayRecords } from '#libs/payments/gateway-records';
import type { PaymentGateway } from '#libs/payments/payment-gateway';
import type { RunRepository } from '#libs/persistence/runs/run.repository';
import type { Carrier } from '#libs/shipping/carrier';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';
import type { RunningRun, RunVisibility } from '#libs/temporal/run-visibility';

import type { Reconciliation } from './reconciliation.js';

/** How far Stripe's clock may be behind ours. Milliseconds. */
const CLOCKS = 60_000;

export interface OrphanedRunsOptions {
  readonly stored: Pick<RunRepository, 'orphanedAmong'>;
  readonly runs: Pick<OrderRuns, 'end'> & { readonly visibility: Pick<RunVisibility, 'allRunning'> };
  readonly carrier: Pick<Carrier, 'cancelShipment'>;
  /** Of a cancelled intent nothing is needed. */
  readonly gateway: {
    cancelIntent(...request: Parameters<PaymentGateway['cancelIntent']>): Promise<unknown>;
  };
  readonly gatewayRecords: Pick<GatewayRecords, 'intentsSince'>;
  readonly money: Pick<Reconciliation, 'examineUnmatchedCharge'>;
  readonly logger: Logger;
  /** More orders without a row than this are left alone: a wrong namespace or database has as many. */
  readonly limit: number;
}

/**
 * Ends runs whose order has none to run for. One of the two databases was restored from a backup then: an order is
 * stored before its run is started, and a run ends soon after it has closed its order.
 */
export class OrphanedRuns {
  constructor(private readonly options: OrphanedRunsOptions) {}

  /** @param alive is called after each order */
  async end(until: Date, alive: () => void): Promise<void> {
    const { stored, runs, limit, logger } = this.options;
    const unknown: RunningRun[] = [];
    for await (const page of runs.visibility.allRunning()) {
      const orders = new Map(
        (await stored.orphanedAmong(page.map(({ orderId }) => orderId))).map((orphaned) => [
          orphaned.orderId,
          orphaned.orderIs,
        ]),
      );
      unknown.push(...page.filter(({ orderId }) => orders.get(orderId) === 'unknown'));
      for (const run of page.filter(({ orderId }) => orders.get(orderId) === 'closed')) {
        await runs.end(run.orderId, run, 'its order has ended');
        logger.warn({ orderId: run.orderId }, 'a run was ended: its order had ended before');
        alive();
      }
    }
    if (unknown.length > limit) {
      const examples = unknown.slice(0, 5).map(({ orderId }) => orderId);
      logger.error(
        { unknown: unknown.length, limit, examples },
        'more runs than LOST_RUN_LIMIT have no order: is this the right namespace and database? None is ended',
      );
    } else if (unknown.length > 0) await this.endUnknown(unknown, until, alive);
  }

  /** An order that fails is tried again by the next reconciliation: its run is ended last. */
  private async endUnknown(unknown: readonly RunningRun[], until: Date, alive: () => void): Promise<void> {
    const intents = await this.intentsOf(unknown.map(({ orderId }) => orderId));
    for (const run of unknown) {
      const { orderId } = run;
      try {
        await this.undo(orderId, intents.get(orderId) ?? [], until);
        await this.options.runs.end(orderId, run, 'its order is not in the database');
        this.options.logger.error(
          { orderId },
          'an order is not in the database: its run was ended, and what it held given back',
        );
      } catch (error) {
        this.options.logger.warn(
          { orderId, err: error },
          'the run of an order that is not in the database could not be ended yet',
        );
      }
      alive();
    }
  }

  /** Cancels the label unless the parcel is under way, and what is not captured; shows what is. */
  private async undo(orderId: OrderId, intents: readonly string[], until: Date): Promise<void> {
    const { carrier, gateway, money } = this.options;
    await carrier.cancelShipment(orderId);
    for (const intentId of intents) {
      // An intent that was captured stays so.
      await gateway.cancelIntent(intentId, { idempotencyKey: `${orderId}:lost:${intentId}` });
      await money.examineUnmatchedCharge(intentId, until);
    }
  }

  private async intentsOf(orders: readonly OrderId[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const since = Math.min(...orders.map(orderTime)) - CLOCKS;
    const intents = new Map<string, string[]>();
    for (const { intentId, orderId } of await this.options.gatewayRecords.intentsSince(new Date(since)))
      intents.set(orderId, [...(intents.get(orderId) ?? []), intentId]);
    return intents;
  }
}
