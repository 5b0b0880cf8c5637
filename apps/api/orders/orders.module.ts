import { Module } from '@nestjs/common';

import { OrderAcceptance } from './order-acceptance.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { OutcomePoller } from './outcome-poller.js';
import { OutcomeService } from './outcome.service.js';

@Module({
  controllers: [OrdersController],
  providers: [OrdersService, OrderAcceptance, OutcomePoller, OutcomeService],
  exports: [OrdersService, OutcomeService, OutcomePoller],
})
export class OrdersModule {}
