import { Module } from '@nestjs/common';

import { ExplanationController } from './explanation.controller.js';
import { OrderAcceptance } from './order-acceptance.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { OutcomePoller } from './outcome-poller.js';
import { OutcomeService } from './outcome.service.js';

@Module({
  controllers: [OrdersController, ExplanationController],
  providers: [OrdersService, OrderAcceptance, OutcomePoller, OutcomeService],
  exports: [OrdersService, OutcomeService, OutcomePoller],
})
export class OrdersModule {}
