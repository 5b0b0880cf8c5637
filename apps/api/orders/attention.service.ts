import { Injectable } from '@nestjs/common';

import type { ResolveAttention } from '#libs/contracts/resolution.api';
import type { OrderId } from '#libs/order/order-id';
import type { OrderRecord } from '#libs/store/order-record';
import { Store } from '#libs/store/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { ProblemError } from '../http/problem-error.js';
import { Nudges } from '../nudges.js';
import { OrdersService } from './orders.service.js';

const REFUSALS = {
  not_found: 'attention_not_found',
  already_resolved: 'already_resolved',
  illegal_resolution: 'illegal_resolution',
} as const;

/** Takes operators' answers: each is stored before the run is told of it. */
@Injectable()
export class AttentionService {
  constructor(
    private readonly store: Store,
    private readonly orders: OrdersService,
    private readonly runs: OrderRuns,
    private readonly nudges: Nudges,
  ) {}

  /** @throws ProblemError when there is no such attention, or it cannot be answered so */
  async resolve(
    id: OrderId,
    attentionId: string,
    { action, note }: ResolveAttention,
    service: string,
  ): Promise<OrderRecord> {
    const order = await this.orders.get(id);
    const by = `service:${service}`;
    const result = await this.store.attention.resolve(order, attentionId, { action, note: note ?? null, by });
    if (result !== 'resolved') throw new ProblemError(REFUSALS[result]);
    this.nudges.send('resolveAttention', id, () =>
      this.runs.resolveAttention({ orderId: id, attentionId, action, by }),
    );
    return this.orders.get(id);
  }
}
