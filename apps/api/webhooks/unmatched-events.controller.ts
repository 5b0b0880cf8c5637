import { Controller, Get, Query } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { ListUnmatchedEvents, UnmatchedEventList } from '#libs/contracts/http/unmatched-event.api';
import { Store } from '#libs/persistence/store';

import { Operation } from '../platform/openapi/operation.decorator.js';

@Controller('unmatched-events')
export class UnmatchedEventsController {
  constructor(private readonly store: Store) {}

  @Get()
  @Operation('listUnmatchedEvents')
  @ApiResponse({ status: 200, description: 'A page of events', standardSchema: UnmatchedEventList })
  async list(
    @Query({ schema: ListUnmatchedEvents }) { provider, cursor, limit }: ListUnmatchedEvents,
  ): Promise<UnmatchedEventList> {
    // One more than requested shows whether there is another page.
    const events = await this.store.unmatchedEvents.list({ provider, after: cursor, limit: limit + 1 });
    const data = events.slice(0, limit);
    const last = events.length > limit ? data.at(-1) : undefined;
    return { data, nextCursor: last?.id ?? null };
  }
}
