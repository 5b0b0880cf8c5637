import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type { ErasureView } from '#libs/contracts/http/erasure.api';
import { actorOf } from '#libs/domain/order/actor';
import type { ErasureRecord, InProgress, Person } from '#libs/persistence/orders/erasure.repository';
import { Store } from '#libs/persistence/store';

import { ProblemError } from '../platform/problems/problem-error.js';
import { IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import { erasureRequest } from './erasure-request.js';

/** The most orders that a response lists. */
const MAX_LISTED = 20;

/** Erases the personal data of customers and guests. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly store: Store,
    private readonly requests: IdempotencyService,
  ) {}

  /**
   * Erases a person's data; once for each idempotency key.
   *
   * @throws ProblemError orders_in_progress; nothing is erased, and the key stays unused
   */
  async erase(person: Person, key: string | null, service: string): Promise<ErasureView> {
    const request = key === null ? null : erasureRequest(service, key, person);
    const erasure = await this.requests.once(
      request,
      async () => {
        const asked = { id: uuid(), requestedBy: actorOf(service) };
        const answer = await this.store.erasures.erase(person, asked, request);
        if (answer === 'key_taken') return null;
        if ('inProgress' in answer) throw refusal(answer);
        return answer;
      },
      ({ resourceId }) => this.store.erasures.get(resourceId ?? ''),
    );
    return presentErasure(erasure);
  }
}

function refusal({ inProgress }: InProgress): ProblemError {
  const count = inProgress.length === 1 ? '1 order is' : `${inProgress.length} orders are`;
  const named = inProgress.slice(0, MAX_LISTED).join(', ');
  const more = inProgress.length > MAX_LISTED ? ` and ${inProgress.length - MAX_LISTED} more` : '';
  return new ProblemError(
    'orders_in_progress',
    `${count} still in progress: ${named}${more}. Nothing was erased.`,
  );
}

const presentErasure = ({ id, orders, at }: ErasureRecord): ErasureView => ({ id, orders, erasedAt: at });
