import { setTimeout as delay } from 'node:timers/promises';

import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Client } from '@temporalio/client';

import { Store } from '#libs/persistence/store';

import { DatabaseProbe } from '../health/database-probe.js';
import { ConnectionDrain } from './connection-drain.js';
import { BestEffortSignals } from '../signals/best-effort-signals.js';
import { OutcomeWatch } from '../../orders/outcome-watch.js';
import { Settings } from '../../settings.js';

/** Milliseconds for a request to arrive in full; a client that sends slowly may not hold the process. */
const ARRIVING = 10_000;
/** Milliseconds for a request to be answered: the database and a provider may each be waited for. */
const ANSWERING = 25_000;
/** Milliseconds for what no client waits for. */
const CLOSING = 5_000;

/**
 * Stops in order: first it only says that it does, so that requests are sent elsewhere; then it takes no more, those
 * that wait for an outcome are answered and those in flight finish; then signals, then what both of them use is closed.
 */
@Injectable()
export class Drain implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private connections: ConnectionDrain | undefined;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly settings: Settings,
    private readonly outcomes: OutcomeWatch,
    private readonly signals: BestEffortSignals,
    private readonly client: Client,
    private readonly store: Store,
    private readonly probe: DatabaseProbe,
  ) {}

  onModuleInit(): void {
    this.connections = new ConnectionDrain(this.http.httpAdapter.getHttpServer());
  }

  /** Whether the process was told to stop. */
  get hasBegun(): boolean {
    return this.connections?.hasBegun ?? false;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.connections?.begin();
    await delay(this.settings.drainDelay);
    this.outcomes.end();
    const server = this.http.httpAdapter.getHttpServer();
    // A connection kept alive would hold the server until it times out.
    setInterval(() => server.closeIdleConnections(), 100).unref();
    setTimeout(() => this.connections?.closeIncomplete(), ARRIVING).unref();
    setTimeout(() => server.closeAllConnections(), ANSWERING).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.race([this.close(), delay(CLOSING)]);
  }

  private async close(): Promise<void> {
    await this.signals.settled();
    await this.client.connection.close();
    await this.store.close();
    await this.probe.close();
  }
}
