import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';

import type { Metrics } from '#libs/telemetry/metrics';

import { AttentionModule } from './attention/attention.module.js';
import { CancellationsModule } from './cancellations/cancellations.module.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { ConsoleModule } from './console/console.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { type ApiEnvironment, PlatformModule } from './platform/platform.module.js';
import { ReconciliationModule } from './reconciliation/reconciliation.module.js';
import { RefundsModule } from './refunds/refunds.module.js';
import { WebhookEndpointsModule } from './webhook-endpoints/webhook-endpoints.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The API: a module for each resource, in the order of its documentation, and the platform below them. */
@Module({})
export class ApiModule {
  static with(environment: ApiEnvironment, log: Logger, metrics: Metrics): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        OrdersModule,
        AttentionModule,
        CancellationsModule,
        RefundsModule,
        PaymentsModule,
        EventsModule,
        WebhookEndpointsModule,
        CatalogueModule,
        ReconciliationModule,
        CustomersModule,
        ConsoleModule,
        WebhooksModule,
        HealthModule,
        PlatformModule.with(environment, log, metrics),
      ],
    };
  }
}
