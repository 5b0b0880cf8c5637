import { Module } from '@nestjs/common';

import { CustomersController } from './customers.controller.js';
import { ErasureService } from './erasure.service.js';

@Module({
  controllers: [CustomersController],
  providers: [ErasureService],
})
export class CustomersModule {}
