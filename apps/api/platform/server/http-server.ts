import { createServer, type RequestListener, type Server } from 'node:http';

import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { Logger } from 'pino';

import { answerUnparsed } from './unparsed-requests.js';
import { limitConnections } from './connection-limit.js';
import { InFlightRequests } from './in-flight-requests.js';

/** What a client is given of the server. Times are in milliseconds. */
export interface HttpLimits {
  /** For a whole request to arrive; its headers have a third of it. */
  readonly requestTimeout: number;
  /** A connection may wait so long for its next request. */
  readonly keepAliveTimeout: number;
  readonly maxConnections: number;
}

/** More header lines are refused; their bytes are limited to 16 KiB by Node. */
export const MAX_HEADERS = 100;
/** Milliseconds without a byte either way: longer than any answer may take, `Prefer: wait=30` included. */
const SILENCE = 90_000;

/** A server that gives up on slow clients, and answers with problems where nobody else is asked. */
export function httpServer(limits: HttpLimits, log: Logger, listener: RequestListener): Server {
  const { requestTimeout, keepAliveTimeout } = limits;
  const headersTimeout = Math.ceil(requestTimeout / 3);
  const server = createServer(
    {
      headersTimeout,
      requestTimeout,
      keepAliveTimeout,
      // By default slow clients are looked for every 30 s only.
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 4)),
      // Node would answer without a body; request-headers.ts has it refused with one.
      requireHostHeader: false,
    },
    listener,
  );
  // One more than is taken, so that it shows when there are too many.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.timeout = SILENCE;
  const inFlight = new InFlightRequests(server);
  limitConnections(server, inFlight, limits.maxConnections);
  answerUnparsed(server, inFlight, log);
  // An expectation we do not know may be passed over (RFC 9110, 10.1.1); Node would answer without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}

/** Paths are told apart by case (RFC 3986, section 6.2.2.1). The router is made with the first route, as it is set then. */
function caseSensitive() {
  const app = express();
  app.set('case sensitive routing', true);
  // Answers are nobody's to keep, so there is nothing to compare a tag with.
  app.set('etag', false);
  return app;
}

/** Express on such a server. */
export class LimitedExpress extends ExpressAdapter {
  constructor(
    private readonly limits: HttpLimits,
    private readonly log: Logger,
  ) {
    super(caseSensitive());
  }

  override initHttpServer(): void {
    this.httpServer = httpServer(this.limits, this.log, this.getInstance());
  }
}
