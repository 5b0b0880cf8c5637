import { Module } from '@nestjs/common';

import { OrdersModule } from '../orders/orders.module.js';
import { EventFeed } from './event-feed.js';
import { EventStreamsController } from './event-streams.controller.js';
import { EventStreams } from './event-streams.service.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

@Module({
  imports: [OrdersModule],
  controllers: [EventsController, EventStreamsController],
  providers: [EventsService, EventFeed, EventStreams],
  exports: [EventStreams],
})
export class EventsModule {}
