import { setTimeout as delay } from 'node:timers/promises';

import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Client } from '@temporalio/client';

import { DatabaseProbe } from '#libs/persistence/database/database-probe';
import { Store } from '#libs/persistence/store';
import { stopTracing } from '#libs/telemetry/start-tracing';
import { GatheredMarks } from '#libs/temporal/run-marks';

import { EventStreams } from '../events/event-streams.service.js';
import { ConnectionDrain } from '../platform/server/connection-drain.js';
import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { OutcomePoller } from '../orders/outcome-poller.js';
import { Settings } from '../settings.js';

/** Milliseconds for a request to arrive in full: a slow client must not delay the stop. */
const ARRIVAL_TIMEOUT = 10_000;
/** Milliseconds for a request to be answered, the database and a provider included. */
const RESPONSE_TIMEOUT = 25_000;
/** Milliseconds to send pending signals and close connections. */
const CLOSE_TIMEOUT = 5_000;

/**
 * Stops in order: first only the readiness probe fails, so that requests go elsewhere; then no request is accepted,
 * those in flight are answered, streams end, pending signals are sent, and connections are closed.
 */
@Injectable()
export class Drain implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private connections: ConnectionDrain | undefined;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly settings: Settings,
    private readonly poller: OutcomePoller,
    private readonly streams: EventStreams,
    private readonly signals: BestEffortSignals,
    private readonly marks: GatheredMarks,
    private readonly client: Client,
    private readonly store: Store,
    private readonly probe: DatabaseProbe,
  ) {}

  onModuleInit(): void {
    this.connections = new ConnectionDrain(this.http.httpAdapter.getHttpServer());
  }

  /** Whether the process received a stop signal. */
  get hasBegun(): boolean {
    return this.connections?.hasBegun ?? false;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.connections?.begin();
    await delay(this.settings.drainDelay);
    this.poller.end();
    this.streams.end();
    const server = this.http.httpAdapter.getHttpServer();
    // A connection kept alive would hold the server until it times out.
    setInterval(() => server.closeIdleConnections(), 100).unref();
    setTimeout(() => this.connections?.closeIncomplete(), ARRIVAL_TIMEOUT).unref();
    setTimeout(() => server.closeAllConnections(), RESPONSE_TIMEOUT).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.race([this.close(), delay(CLOSE_TIMEOUT)]);
  }

  private async close(): Promise<void> {
    await this.signals.flush();
    await this.marks.flush();
    const exported = stopTracing();
    await this.client.connection.close();
    await this.store.close();
    await this.probe.close();
    await exported;
  }
}
