import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { OrdersModule } from '../orders/orders.module.js';
import { Drain } from './drain.js';
import { HealthController } from './health.controller.js';

/** Whether this process serves requests, and how it stops to. */
@Module({
  imports: [TerminusModule, OrdersModule],
  controllers: [HealthController],
  providers: [Drain],
})
export class HealthModule {}
