import { Controller, Get, Query } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { EventList, ListEvents } from '#libs/contracts/http/event.api';

import { Operation } from '../platform/openapi/operation.decorator.js';
import { EventsService } from './events.service.js';

@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Operation('listEvents')
  @ApiResponse({ status: 200, description: 'A page of the stream', standardSchema: EventList })
  async list(@Query({ schema: ListEvents }) query: ListEvents): Promise<EventList> {
    return this.events.list(query);
  }
}
