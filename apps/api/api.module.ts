import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import type { Environment } from '#libs/config/environment';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { databaseLimits } from '#libs/store/database-limits';
import { Store } from '#libs/store/store';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import { CustomersController } from './customers/customers.controller.js';
import { ErasureService } from './customers/erasure.service.js';
import { Drain } from './drain.js';
import { EntryController } from './entry.controller.js';
import { FindingsController } from './findings/findings.controller.js';
import { FindingsService } from './findings/findings.service.js';
import { PAYMENT_GATEWAY } from './gateway.js';
import { DatabaseProbe } from './health/database-probe.js';
import { HealthController } from './health/health.controller.js';
import { ApiKeyGuard } from './http/api-key.guard.js';
import { QueryGuard } from './http/query.guard.js';
import { RateLimits } from './http/rate-limits.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { LOG } from './log.js';
import { Nudges } from './nudges.js';
import { AttentionController } from './orders/attention.controller.js';
import { AttentionService } from './orders/attention.service.js';
import { CancellationController } from './orders/cancellation.controller.js';
import { CancellationService } from './orders/cancellation.service.js';
import { LedgerController } from './orders/ledger.controller.js';
import { OrderAcceptance } from './orders/order-acceptance.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OutcomeService } from './orders/outcome.service.js';
import { OutcomeWatch } from './orders/outcome-watch.js';
import { PaymentsController } from './orders/payments.controller.js';
import { PaymentsService } from './orders/payments.service.js';
import { RefundsController } from './orders/refunds.controller.js';
import { RefundsService } from './orders/refunds.service.js';
import { ProblemsController } from './problems/problems.controller.js';
import { ProductsController } from './products/products.controller.js';
import { ProductsService } from './products/products.service.js';
import { StockAdjustmentsController } from './products/stock-adjustments.controller.js';
import { StockAdjustmentsService } from './products/stock-adjustments.service.js';
import { RequestOnce } from './request-once.js';
import { Settings } from './settings.js';
import { CarrierSignature } from './webhooks/carrier-signature.js';
import { DeliveriesController } from './webhooks/deliveries.controller.js';
import { DeliveriesService } from './webhooks/deliveries.service.js';
import { StripeEventsController } from './webhooks/stripe-events.controller.js';
import { StripeEventsService } from './webhooks/stripe-events.service.js';
import { StripeSignature } from './webhooks/stripe-signature.js';
import { UnmatchedEventsController } from './webhooks/unmatched-events.controller.js';

export type ApiEnvironment = Environment<
  | 'store'
  | 'temporal'
  | 'payments'
  | 'providers'
  | 'api'
  | 'paymentWebhooks'
  | 'carrierWebhooks'
  | 'pricing'
  | 'policy'
>;

@Module({})
export class ApiModule {
  static with(environment: ApiEnvironment, log: Logger): DynamicModule {
    const { store, temporal, payments, providers } = environment;
    return {
      module: ApiModule,
      imports: [TerminusModule],
      controllers: [
        OrdersController,
        AttentionController,
        CancellationController,
        RefundsController,
        PaymentsController,
        LedgerController,
        ProductsController,
        StockAdjustmentsController,
        FindingsController,
        UnmatchedEventsController,
        CustomersController,
        DeliveriesController,
        StripeEventsController,
        HealthController,
        ProblemsController,
        EntryController,
      ],
      providers: [
        { provide: LOG, useValue: log },
        { provide: Settings, useValue: new Settings(environment) },
        {
          provide: Store,
          useFactory: () => Store.open(store.DATABASE_URL, store.DATABASE_POOL_SIZE, databaseLimits(store)),
        },
        {
          provide: DatabaseProbe,
          useFactory: () => new DatabaseProbe(store.DATABASE_URL, databaseLimits(store)),
        },
        { provide: Client, useFactory: () => lazyClient(temporal) },
        {
          provide: OrderRuns,
          useFactory: (client: Client, facts: Store) => new OrderRuns(client, facts),
          inject: [Client, Store],
        },
        {
          provide: PAYMENT_GATEWAY,
          useValue: new StripeGateway({
            secretKey: payments.STRIPE_SECRET_KEY,
            apiUrl: payments.STRIPE_API_URL,
            timeout: providers.PROVIDER_TIMEOUT,
          }),
        },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_GUARD, useClass: QueryGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        RateLimits,
        Nudges,
        OrdersService,
        OrderAcceptance,
        OutcomeWatch,
        OutcomeService,
        RequestOnce,
        CancellationService,
        RefundsService,
        PaymentsService,
        AttentionService,
        ProductsService,
        StockAdjustmentsService,
        FindingsService,
        ErasureService,
        CarrierSignature,
        DeliveriesService,
        StripeSignature,
        StripeEventsService,
        Drain,
      ],
    };
  }
}
