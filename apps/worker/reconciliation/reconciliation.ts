import { type Compared, NOTHING_COMPARED, sumCompared } from '#libs/contracts/workflows/reconcile-workflow';
import { Outage } from '#libs/domain/order/failure';
import { isOrderId, type OrderId } from '#libs/domain/order/order-id';
import {
  compareMoney,
  type GatewayMoney,
  type Span,
  unmatchedMoney,
} from '#libs/domain/reconciliation/reconciliation';
import type { GatewayRecords } from '#libs/payments/gateway-records';
import { isContended, isUnreachable } from '#libs/persistence/database/database-failure';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { RunVisibility } from '#libs/temporal/run-visibility';

/** Books the provider's state of an order's money, as its webhooks do. */
export interface PaymentSyncer {
  run(orderId: OrderId): Promise<unknown>;
}

/** The period matched at once, and how far apart counterparts may be without being examined. Milliseconds. */
const SLICE = 3_600_000;
const SLACK = 600_000;
const BATCH = 100;

/** Reports how far a comparison has come, so that another attempt can resume there. @throws to stop it */
export type Progress = (cursor: string, compared: Compared) => void;

/** Compares our books with the gateway's, both ways. Every method may be repeated. */
export class Reconciliation {
  constructor(
    private readonly store: Store,
    private readonly gateway: GatewayRecords,
    private readonly payments: PaymentSyncer,
    private readonly logger: Logger,
    /** Whether the gateway's account takes money for this service only. */
    private readonly isExclusive: boolean,
    private readonly runs?: Pick<RunVisibility, 'describe'>,
  ) {}

  /**
   * Settles and compares orders whose money is unsettled, or that have a discrepancy of any age.
   *
   * @param until what is younger is left alone
   * @param after the cursor of an attempt before
   */
  async unsettled(until: Date, after: string | null, progress: Progress): Promise<Compared> {
    let compared = NOTHING_COMPARED;
    const one = () => (compared = sumCompared(compared, { ...NOTHING_COMPARED, examined: 1 }));
    let cursor = after !== null && isOrderId(after) ? after : null;
    for (;;) {
      const orders = await this.store.comparisons.unsettled(until, cursor, BATCH);
      for (const id of orders) {
        await this.examine(id, until);
        progress(id, one());
      }
      cursor = orders.at(-1) ?? null;
      if (orders.length < BATCH) break;
    }
    for (const intentId of await this.store.discrepancies.openUnmatchedCharges()) {
      await this.examineUnmatchedCharge(intentId, until);
      one();
    }
    return compared;
  }

  /**
   * Compares what moved at the gateway within `span` with what was booked. Only what has no counterpart is read
   * in full, an order at a time.
   *
   * @param after the cursor of an attempt before
   */
  async movements({ from, to }: Span, after: string | null, progress: Progress): Promise<Compared> {
    let compared = NOTHING_COMPARED;
    for (let start = after === null ? from : new Date(after); start < to;) {
      const end = new Date(Math.min(start.getTime() + SLICE, to.getTime()));
      const alive = () => progress(start.toISOString(), compared);
      compared = sumCompared(compared, await this.slice({ from: start, to: end }, to, alive));
      start = end;
      progress(start.toISOString(), compared);
    }
    return compared;
  }

  private async slice(span: Span, until: Date, alive: () => void): Promise<Compared> {
    const wide = {
      from: new Date(span.from.getTime() - SLACK),
      to: new Date(span.to.getTime() + SLACK),
    };
    const facts = await this.store.comparisons.facts(wide);
    const movements = await this.gateway.movements(wide);
    const candidates = unmatchedMoney(span, movements, facts);
    const orders = await this.store.comparisons.ordersOf([...candidates.intents]);
    const known = new Set([...[...candidates.orders].filter(isOrderId), ...orders.values()]);
    // Where other systems use the same account, most of its movements are theirs.
    const named = new Set(movements.filter((each) => each.orderId !== null).map((each) => each.intentId));
    const unmatchedCharges = [...candidates.intents].filter(
      (intentId) => !orders.has(intentId) && (this.isExclusive || named.has(intentId)),
    );
    for (const id of known) {
      await this.examine(id, until);
      alive();
    }
    for (const intentId of unmatchedCharges) {
      await this.examineUnmatchedCharge(intentId, until);
      alive();
    }
    const within = ({ at }: { readonly at: Date }) => span.from <= at && at < span.to;
    return {
      moved: movements.filter(within).length,
      booked: facts.filter(within).length,
      examined: known.size + unmatchedCharges.length,
    };
  }

  /** Syncs an order's payment, then compares the order with all its money at the gateway. */
  async examine(id: OrderId, until: Date): Promise<void> {
    if ((await this.store.comparisons.ofOrder(id, until)).isMoving) return;
    await this.settle(id);
    const books = await this.store.comparisons.ofOrder(id, until);
    const { intentId } = books.order;
    if (books.isMoving || intentId === null) return;
    const differences = compareMoney(books.money, await this.gateway.readMoney(intentId));
    if (differences.length > 0) this.logger.warn({ orderId: id, differences }, 'the books differ');
    await this.store.discrepancies.record(books, differences, until);
  }

  /** Examines money on an intent of no order: a second intent for an order, or a payment of another system. */
  async examineUnmatchedCharge(intentId: string, until: Date): Promise<void> {
    const money = await this.gateway.readMoney(intentId);
    const order = money && (await this.orderOf(money));
    const isLost = order === null && (await this.hasRun(money));
    const isOurs = order !== null || isLost || this.isExclusive;
    const isClaimed = order?.intentId === intentId;
    const found = money && isOurs && !isClaimed ? heldOf(money) : 0;
    if (found > 0) this.logger.warn({ intentId, found }, 'money belongs to no order');
    await this.store.discrepancies.recordUnmatchedCharge(
      {
        kind: isLost ? 'unknown_order' : 'unknown_charge',
        intentId,
        found,
        currency: money?.currency ?? '',
      },
      order,
      until,
    );
  }

  private async orderOf({ orderId }: GatewayMoney) {
    return orderId !== null && isOrderId(orderId) ? this.store.orders.find(orderId) : null;
  }

  /** Whether the order that the money names has, or had, a run here: then its row is lost. */
  private async hasRun(money: GatewayMoney | null): Promise<boolean> {
    const id = money?.orderId ?? null;
    return id !== null && isOrderId(id) && ((await this.runs?.describe(id)) ?? null) !== null;
  }

  /** An order that cannot be settled may still be compared; a bug in settling it must not hide the others. */
  private async settle(id: OrderId): Promise<void> {
    try {
      await this.payments.run(id);
    } catch (error) {
      if (error instanceof Outage || isUnreachable(error) || isContended(error)) throw error;
      this.logger.error({ orderId: id, err: error }, 'an order could not be settled before it was compared');
    }
  }
}

/** What is left of an intent's money at the gateway. */
const heldOf = ({ captured, refunds }: GatewayMoney) =>
  refunds.filter(({ status }) => status !== 'failed').reduce((left, { amount }) => left - amount, captured);
