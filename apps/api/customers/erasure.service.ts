import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type { ErasureView } from '#libs/contracts/erasure.api';
import type { ErasureRecord, InProgress, Person } from '#libs/store/erasure.repository';
import { Store } from '#libs/store/store';

import { ProblemError } from '../http/problem-error.js';

/** How many orders an answer names. */
const NAMED = 20;

/** Removes what is known of persons who ask for it. */
@Injectable()
export class ErasureService {
  constructor(private readonly store: Store) {}

  /** @throws ProblemError orders_in_progress; nothing is removed then */
  async erase(person: Person, service: string): Promise<ErasureView> {
    const asked = { id: uuid(), requestedBy: `service:${service}` };
    const answer = await this.store.erasures.erase(person, asked, null);
    if (answer === 'key_taken') throw new Error('a request without a key found its key taken');
    if ('inProgress' in answer) throw refusal(answer);
    return presentErasure(answer);
  }
}

function refusal({ inProgress }: InProgress): ProblemError {
  const count = inProgress.length === 1 ? '1 order is' : `${inProgress.length} orders are`;
  const named = inProgress.slice(0, NAMED).join(', ');
  const more = inProgress.length > NAMED ? ` and ${inProgress.length - NAMED} more` : '';
  return new ProblemError(
    'orders_in_progress',
    `${count} still in progress: ${named}${more}. Nothing was erased.`,
  );
}

const presentErasure = ({ id, orders, at }: ErasureRecord): ErasureView => ({ id, orders, erasedAt: at });
