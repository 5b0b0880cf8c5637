// Raw SQL: times are compared with the database's clock, and waits end with their attention.
import {
  ATTENTION_KINDS,
  type AttentionKind,
  HOLDS_UP_A_STEP,
  holdsUpAStep,
  isAboutTheRun,
  isAppliedAtOnce,
  resolutionsFor,
  type RunStuckCause,
} from '#libs/domain/order/attention';
import type { Actor } from '#libs/domain/order/end';
import { paid } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import { isEnd } from '#libs/domain/order/states';
import type { Resolution, StepName } from '#libs/domain/order/steps';
import type { OrderChange } from '#libs/domain/order/order-change';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';
import type { DiscrepancyRepository } from '../reconciliation/discrepancy.repository.js';
import { acknowledgedPosts } from '../reconciliation/discrepancy.sql.js';
import { type AttentionRecord, type OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import { isKnown } from '../runs/run.sql.js';
import { selectAttention, time } from '../orders/order-record.sql.js';

export interface ParkedStep {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName;
  readonly isCompensation: boolean;
  readonly reason: string;
  /** The refund whose run waits, where it is not the order's. */
  readonly refundId?: string;
}

/** An operator's answer, as it is signalled to the run. */
export interface Answer {
  readonly attentionId: string;
  readonly orderId: OrderId;
  readonly action: Resolution;
  readonly by: Actor;
}

/** An attention, open or resolved. Times are RFC 3339. */
export interface ResolvableAttention extends AttentionRecord {
  readonly resolution: {
    /** Null where the order continued without an answer. */
    readonly action: Resolution | null;
    readonly by: Actor;
    /** The operator's note, until the person is erased. */
    readonly note: string | null;
    readonly resolvedAt: string;
    readonly appliedAt: string | null;
  } | null;
}

export type ResolveResult = 'resolved' | 'not_found' | 'already_resolved' | 'illegal_resolution';

/** Attentions of operators, and their answers. */
export class AttentionRepository {
  constructor(
    private readonly db: Database,
    private readonly orders: OrderRepository,
    private readonly discrepancies: DiscrepancyRepository,
  ) {}

  /** Opens an attention under the id the run gave it; again, does nothing. */
  async park(order: OrderRecord, parked: ParkedStep): Promise<void> {
    await this.orders.change(order, () => ({
      event: {
        type: parked.kind === 'delivery_overdue' ? 'delivery.overdue' : 'order.parked',
        actor: 'workflow',
        details: {
          step: parked.step,
          isCompensation: parked.isCompensation || undefined,
          reason: parked.reason,
          attention: parked.id,
        },
      },
      opens: parked,
      // An attempt that never answered has not stored its wait.
      ...(holdsUpAStep(parked.kind) ? { stuck: { step: parked.step, error: parked.reason } } : {}),
    }));
  }

  /**
   * Ends an attention, and with it the wait of its step. An attention without a stored answer, from
   * the API at least, is ended as the run reports: answered through Temporal, or withdrawn because the order
   * continued, or ended, without an answer.
   */
  async leave(order: OrderRecord, attentionId: string, action: Resolution | null): Promise<void> {
    await this.orders.change(order, ({ booked }) => ({
      ...(action === 'accept' ? { acceptedAmount: paid(booked) } : {}),
      event: {
        type: 'order.resumed',
        actor: 'workflow',
        details: { attention: attentionId, action: action ?? undefined },
      },
      resolves: { id: attentionId, action, by: 'workflow' },
    }));
    await this.db.$executeRaw`
      WITH signalled AS (
        UPDATE attention SET signalled_at = COALESCE(signalled_at, now()), applied_at = COALESCE(applied_at, now())
        WHERE id = ${attentionId}::uuid
        RETURNING order_id, step, kind)
      DELETE FROM order_wait w USING signalled
      WHERE signalled.kind = ANY(${[...HOLDS_UP_A_STEP]}) AND w.order_id = signalled.order_id AND w.step = signalled.step`;
  }

  /**
   * Stores an operator's answer, once where the request has a key. Where the answer is itself a fact (arrived,
   * lost, a refund adopted), the fact is applied with it.
   */
  async resolve(
    order: OrderRecord,
    attentionId: string,
    answer: { action: Resolution; note: string | null; by: Actor },
    request: ScopedIdempotencyKey | null = null,
  ): Promise<ResolveResult> {
    const [found] = await this.db.$queryRaw<
      {
        kind: AttentionKind;
        step: StepName | null;
        isCompensation: boolean;
        discrepancyId: string | null;
        resolved: boolean;
      }[]
    >`
      SELECT kind, step, is_compensation AS "isCompensation", discrepancy_id::text AS "discrepancyId", resolved_at IS NOT NULL AS resolved FROM attention
      WHERE id = ${attentionId}::uuid AND order_id = ${order.id}::uuid`;
    if (!found) return 'not_found';
    if (found.resolved) return 'already_resolved';
    if (
      !resolutionsFor(found.kind, found.step, found.isCompensation, isEnd(order.status)).includes(
        answer.action,
      )
    )
      return 'illegal_resolution';
    const discrepancy =
      found.discrepancyId === null ? null : await this.discrepancies.find(found.discrepancyId);
    const written = await this.orders.change(order, (current) => ({
      ...(found.step === 'deliver' ? deliveryAnswer(current, answer) : {}),
      ...(answer.action === 'accept' ? { acceptedAmount: paid(current.booked) } : {}),
      ...(discrepancy ? { posts: acknowledgedPosts(discrepancy) } : {}),
      ...(isAboutTheRun(found.kind) ? runAnswer(current, answer) : {}),
      event: {
        type: 'attention.resolved',
        actor: answer.by,
        details: {
          attention: attentionId,
          kind: found.kind,
          step: found.step,
          action: answer.action,
          reason: isAboutTheRun(found.kind) && answer.action === 'fail' ? 'operator_failed' : undefined,
        },
      },
      resolves: {
        id: attentionId,
        ...answer,
        isApplied: isAppliedAtOnce(found.kind, answer.action),
        ...(discrepancy ? { discrepancy: { id: discrepancy.id, found: discrepancy.found } } : {}),
      },
      ...(request ? { request: { key: request, makes: attentionId } } : {}),
    }));
    return written ? 'resolved' : 'already_resolved';
  }

  /** All attentions, open and closed, oldest first. */
  async ofOrder(orderId: OrderId): Promise<ResolvableAttention[]> {
    const rows = await this.db.$queryRaw<{ attention: ResolvableAttention }[]>`
      SELECT ${selectAttention} || jsonb_build_object('resolution', CASE WHEN a.resolved_at IS NOT NULL THEN
        jsonb_build_object('action', a.action, 'by', a.by, 'note', a.note, 'resolvedAt', ${time('a.resolved_at')},
          'appliedAt', ${time('a.applied_at')}) END) AS attention
      FROM attention a WHERE a.order_id = ${orderId}::uuid ORDER BY a.opened_at, a.id`;
    return rows.map(({ attention }) => attention);
  }

  /**
   * Notes that the provider's answer about an order's money contradicts the order: once for each reason, however
   * that attention was closed.
   */
  async flagContradiction(order: OrderRecord, reason: string): Promise<void> {
    const kind: AttentionKind = 'contradicting_answer';
    await this.orders.change(order, () => ({
      event: { type: 'payment.contradicted', actor: 'gateway', details: { reason, opens: kind } },
      opens: { kind, step: 'charge', reason, onceEver: true },
    }));
  }

  /**
   * Notes that a run has closed although its order has not ended. Once for each run; again where that was
   * acknowledged and money or the parcel has moved since.
   *
   * @param run which run it is, where another one may have taken the order up meanwhile
   */
  async flagClosedRun(order: OrderRecord, reason: string, run: number | null = null): Promise<boolean> {
    return this.flagRun(order, 'run_closed', reason, run);
  }

  /** Notes that a run does not go on, in the same way. */
  async flagStuckRun(order: OrderRecord, cause: RunStuckCause, run: number): Promise<boolean> {
    return this.flagRun(order, 'run_stuck', cause, run);
  }

  private async flagRun(
    order: OrderRecord,
    kind: 'run_closed' | 'run_stuck',
    reason: string,
    run: number | null,
  ): Promise<boolean> {
    const [{ known } = { known: false }] = await this.db.$queryRaw<{ known: boolean }[]>`
      SELECT ${isKnown(kind === 'run_stuck' ? 'stuck' : 'gone')} AS known FROM orders o WHERE o.id = ${order.id}::uuid`;
    if (known) return false;
    return this.orders.change(order, (current) =>
      current.closedAt === null && !current.attention.some((open) => isAboutTheRun(open.kind))
        ? {
            event: { type: `order.${kind}`, actor: 'sweeper', details: { reason } },
            ...(run === null ? {} : { lastRun: run }),
            opens: { kind, step: null, reason },
          }
        : null,
    );
  }

  /** Ends the attention about a run that goes on again. */
  async withdrawStuckRun(order: OrderRecord, attentionId: string): Promise<boolean> {
    return this.orders.change(order, () => ({
      event: { type: 'order.run_recovered', actor: 'sweeper', details: { attention: attentionId } },
      resolves: { id: attentionId, action: null, by: 'sweeper', isSignalled: true },
    }));
  }

  /** Answers that no run is known to have received. @param olderThan milliseconds */
  async unsignalled(olderThan: number, limit: number): Promise<Answer[]> {
    return this.db.$queryRaw<Answer[]>`
      SELECT id::text AS "attentionId", order_id::text AS "orderId", action, by FROM attention
      WHERE resolved_at < now() - ${olderThan} * interval '1 millisecond' AND signalled_at IS NULL
        AND action IS NOT NULL
      ORDER BY resolved_at LIMIT ${limit}`;
  }

  /** What an attention is of; null where there is none. */
  async kindOf(attentionId: string): Promise<AttentionKind | null> {
    const found = await this.db.attention.findUnique({ where: { id: attentionId }, select: { kind: true } });
    return ATTENTION_KINDS.find((kind) => kind === found?.kind) ?? null;
  }

  /** The refund that an attention belongs to, or null. Its run is the one that waits for the answer. */
  async refundOf(attentionId: string): Promise<string | null> {
    const found = await this.db.attention.findUnique({
      where: { id: attentionId },
      select: { refundId: true },
    });
    return found?.refundId ?? null;
  }

  async markSignalled(attentionId: string): Promise<void> {
    await this.db.attention.updateMany({ where: { id: attentionId }, data: { signalledAt: new Date() } });
  }
}

/** A delivery wait skipped means the parcel arrived; failed means it is lost. Nothing, if the order has ended. */
function deliveryAnswer(order: OrderRecord, answer: { action: Resolution; by: Actor }): Partial<OrderChange> {
  if (isEnd(order.status)) return {};
  if (answer.action === 'skip') {
    return { next: { status: 'delivered', fulfilment: 'delivered' }, ended: ['deliver'] };
  }
  if (answer.action === 'fail') {
    return {
      next: { status: 'undelivered', fulfilment: 'lost' },
      endReason: { code: 'lost', by: answer.by },
      ended: ['deliver'],
    };
  }
  return {};
}

/**
 * The effect of an answer about a run that is gone or stuck: another run resumes the order. An order to compensate is
 * cancelled before its parcel is picked up, and lost after it.
 */
function runAnswer(
  order: OrderRecord,
  { action, by }: { action: Resolution; by: Actor },
): Partial<OrderChange> {
  if (order.closedAt !== null || (action !== 'restart' && action !== 'fail')) return {};
  if (action === 'restart' || isEnd(order.status)) return { restarts: true };
  if (order.status !== 'shipped') return { restarts: true, next: { status: 'cancelling' } };
  return {
    restarts: true,
    next: { status: 'undelivered', fulfilment: 'lost' },
    endReason: { code: 'lost', by },
    ended: ['deliver'],
  };
}
