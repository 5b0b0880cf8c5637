import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import type { Environment } from '#libs/config/environment';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { DatabaseProbe } from '#libs/persistence/database/database-probe';
import { everyListener } from '#libs/persistence/orders/order-listener';
import { Store } from '#libs/persistence/store';
import { MeasuredCalls } from '#libs/providers/measured-calls';
import { Metrics } from '#libs/telemetry/metrics';
import { OrderLog } from '#libs/telemetry/order-log';
import { OrderMetrics } from '#libs/telemetry/order-metrics';
import { showPool } from '#libs/telemetry/pool-metrics';
import { lazyClient } from '#libs/temporal/connection';
import { GatheredMarks } from '#libs/temporal/run-marks';
import { OrderRuns } from '#libs/temporal/order-runs';

import { Settings } from '../settings.js';
import { Credentials } from './auth/credentials.js';
import { CallerGuard } from './auth/caller.guard.js';
import { KnownKeys } from './auth/known-keys.js';
import { Sessions } from './auth/sessions.js';
import { PAYMENT_GATEWAY } from './gateway.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { LOG } from './logging/log.js';
import { EntryController } from './openapi/entry.controller.js';
import { ProblemsController } from './problems/problems.controller.js';
import { QueryGuard } from './requests/query.guard.js';
import { ValidationPipe } from './requests/validation.pipe.js';
import { RateLimits } from './server/rate-limits.js';
import { BestEffortSignals } from './signals/best-effort-signals.js';

export type ApiEnvironment = Environment<
  | 'store'
  | 'temporal'
  | 'payments'
  | 'providers'
  | 'api'
  | 'console'
  | 'paymentWebhooks'
  | 'carrierWebhooks'
  | 'outgoingWebhooks'
  | 'pricing'
  | 'policy'
>;

/** What every request passes, and what every resource uses: settings, store, Temporal, payment provider. */
@Module({})
export class PlatformModule {
  static with(environment: ApiEnvironment, log: Logger, metrics: Metrics): DynamicModule {
    const { store, temporal, payments, providers } = environment;
    const used = [
      { provide: LOG, useValue: log },
      { provide: Metrics, useValue: metrics },
      { provide: Settings, useValue: new Settings(environment) },
      {
        provide: Store,
        useFactory: () => {
          const listener = everyListener(new OrderMetrics(metrics, 'api'), new OrderLog(log));
          const opened = Store.open(
            store.DATABASE_URL,
            store.DATABASE_POOL_SIZE,
            databaseLimits(store),
            listener,
          );
          showPool(metrics, () => opened.connections());
          return opened;
        },
      },
      {
        provide: DatabaseProbe,
        useFactory: (facts: Store) => new DatabaseProbe(facts, store.DATABASE_URL, databaseLimits(store)),
        inject: [Store],
      },
      {
        provide: GatheredMarks,
        useFactory: (facts: Store) => new GatheredMarks(facts, log),
        inject: [Store],
      },
      { provide: Client, useFactory: () => lazyClient(temporal) },
      {
        provide: OrderRuns,
        useFactory: (client: Client, facts: Store, marks: GatheredMarks) =>
          new OrderRuns(client, facts, marks),
        inject: [Client, Store, GatheredMarks],
      },
      {
        provide: PAYMENT_GATEWAY,
        useValue: new MeasuredCalls(metrics).of(
          'stripe',
          new StripeGateway({
            secretKey: payments.STRIPE_SECRET_KEY,
            apiUrl: payments.STRIPE_API_URL,
            timeout: providers.PROVIDER_TIMEOUT,
          }),
        ),
      },
      KnownKeys,
      Sessions,
      Credentials,
      RateLimits,
      BestEffortSignals,
      IdempotencyService,
    ];
    return {
      module: PlatformModule,
      global: true,
      controllers: [ProblemsController, EntryController],
      providers: [
        ...used,
        { provide: APP_GUARD, useClass: CallerGuard },
        { provide: APP_GUARD, useClass: QueryGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
      exports: used.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}
