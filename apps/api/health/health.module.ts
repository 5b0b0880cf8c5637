import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { EventsModule } from '../events/events.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { Drain } from './drain.js';
import { HealthController } from './health.controller.js';

/** Whether this process serves requests, and how it stops to. */
@Module({
  imports: [TerminusModule, EventsModule, OrdersModule],
  controllers: [HealthController],
  providers: [Drain],
})
export class HealthModule {}
