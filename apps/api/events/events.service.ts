import { Injectable } from '@nestjs/common';

import type { EventList, ListEvents } from '#libs/contracts/http/event.api';
import { Store } from '#libs/persistence/store';

import { ProblemError } from '../platform/problems/problem-error.js';
import { presentEvent } from './event.presenter.js';

/** Reads the stream of events. */
@Injectable()
export class EventsService {
  constructor(private readonly store: Store) {}

  /** @throws ProblemError events_gone */
  async list(query: ListEvents): Promise<EventList> {
    const page = await this.store.events.page(query);
    if (page === null) throw new ProblemError('events_gone');
    return { data: page.events.map(presentEvent), nextCursor: String(page.cursor), hasMore: page.hasMore };
  }
}
