import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Client } from '@temporalio/client';

import { Store } from '#libs/store/store';

import { Nudges } from './nudges.js';
import { OutcomeWatch } from './orders/outcome-watch.js';

/** Milliseconds that requests in flight have to finish; a client that sends slowly may not hold the process. */
const GRACE = 10_000;

/** Stops in order: those who wait are answered, requests in flight finish, then nudges, then what both of them use is closed. */
@Injectable()
export class Drain implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly outcomes: OutcomeWatch,
    private readonly nudges: Nudges,
    private readonly client: Client,
    private readonly store: Store,
  ) {}

  beforeApplicationShutdown(): void {
    this.outcomes.end();
    const server = this.http.httpAdapter.getHttpServer();
    // A connection kept alive would hold the server until it times out.
    setInterval(() => server.closeIdleConnections(), 100).unref();
    setTimeout(() => server.closeAllConnections(), GRACE).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.nudges.settled();
    await this.client.connection.close();
    await this.store.close();
  }
}
