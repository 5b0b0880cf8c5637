import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type { RequestRefund } from '#libs/contracts/http/refund.api';
import { currencyOf } from '#libs/domain/money/currencies';
import { refundable } from '#libs/domain/ledger/ledger';
import { actorOf } from '#libs/domain/order/actor';
import type { OrderId } from '#libs/domain/order/order-id';
import {
  decideRefund,
  type RefundDecision,
  type RefundPortion,
  type RefundRefusal,
} from '#libs/domain/refund/refund-request';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { RefundRecord } from '#libs/persistence/refunds/refund.repository';
import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { ProblemError } from '../platform/problems/problem-error.js';
import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import { OrdersService } from '../orders/orders.service.js';

/** Accepts refunds: each is stored and booked before its run is started; once for each idempotency key. */
@Injectable()
export class RefundsService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly requests: IdempotencyService,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
  ) {}

  /** @throws ProblemError when the refund is refused; nothing is stored, and the key stays unused */
  async request(orderId: OrderId, body: RequestRefund, key: string, service: string): Promise<RefundRecord> {
    const order = await this.orders.get(orderId);
    const request = scopedIdempotencyKey(service, `POST /orders/${orderId}/refunds`, key, {
      orderId,
      ...body,
    });
    return this.requests.once(
      request,
      async () => {
        const id = uuid();
        const isNew = await this.store.refunds.request(
          order,
          request,
          { id, requestedBy: actorOf(service) },
          (current, earlier) => refundOf(current, earlier, body),
        );
        if (!isNew) return null;
        this.signals.send('startRefund', orderId, () => this.runs.startRefund(id, orderId, order.policy));
        return this.find(orderId, id);
      },
      (earlier) => this.find(orderId, earlier.resourceId),
    );
  }

  /** Oldest first. @throws ProblemError order_not_found */
  async list(orderId: OrderId): Promise<RefundRecord[]> {
    await this.orders.get(orderId);
    return this.store.refunds.ofOrder(orderId);
  }

  /** @throws ProblemError order_not_found, refund_not_found */
  async get(orderId: OrderId, refundId: string): Promise<RefundRecord> {
    await this.orders.get(orderId);
    return this.find(orderId, refundId);
  }

  private async find(orderId: OrderId, refundId: string | null): Promise<RefundRecord> {
    const refund = refundId === null ? null : await this.store.refunds.find(refundId);
    if (refund?.orderId !== orderId) throw new ProblemError('refund_not_found');
    return refund;
  }
}

/** Decides a refund by the order and its earlier refunds. @throws ProblemError when it is refused */
function refundOf(
  order: OrderRecord & { readonly hasNoRun: boolean },
  earlier: readonly RefundRecord[],
  body: RequestRefund,
) {
  const { reason, restock } = body;
  const decision = decideRefund(order, earlier, { portion: portionOf(body), restock });
  if (decision.is === 'refused') throw refusal(order, decision);
  return { amount: decision.amount, lines: decision.lines, reason, restock };
}

function portionOf({ lines, amount }: RequestRefund): RefundPortion {
  if (lines) return { of: 'lines', lines };
  return amount === undefined ? { of: 'all' } : { of: 'amount', amount };
}

/** The error of a line. */
const LINE_ERRORS: Partial<Record<RefundRefusal, { readonly field: string; readonly detail: string }>> = {
  refund_line_repeated: { field: 'lineId', detail: 'is listed before' },
  refund_line_unknown: { field: 'lineId', detail: 'is not a line of this order' },
  refund_quantity_exceeds: { field: 'quantity', detail: 'is more than is left of this line' },
};

function refusal(order: OrderRecord, { code, at }: Extract<RefundDecision, { is: 'refused' }>): ProblemError {
  if (code === 'refund_exceeds') {
    const left = Math.max(refundable(order.booked), 0);
    return new ProblemError(code, `At most ${left} ${order.currency} (minor units) can be refunded now.`);
  }
  if (code === 'amount_not_chargeable') {
    const { step } = currencyOf(order.currency);
    const detail = `must be a multiple of ${step} in ${order.currency}`;
    return new ProblemError(code, undefined, { errors: [{ pointer: '/amount', detail }] });
  }
  const lineError = LINE_ERRORS[code];
  if (!lineError) return new ProblemError(code);
  const { field, detail } = lineError;
  const errors = at.map((place) => ({ pointer: `/lines/${place}/${field}`, detail }));
  return new ProblemError(code, undefined, { errors });
}
