import { createServer, type RequestListener, type Server } from 'node:http';

import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { Logger } from 'pino';

import { answerUnparsed } from './unparsed-requests.js';
import { limitConnections } from './connection-limit.js';
import { InFlightRequests } from './in-flight-requests.js';

/** Limits for clients. Times are milliseconds. */
export interface HttpLimits {
  /** For a whole request to arrive; a third of it for the headers. */
  readonly requestTimeout: number;
  /** How long an idle connection stays open. */
  readonly keepAliveTimeout: number;
  readonly maxConnections: number;
}

/** Node limits their bytes to 16 KiB. */
export const MAX_HEADERS = 100;
/** Milliseconds without traffic: longer than any response may take, `Prefer: wait=30` included. */
const SOCKET_TIMEOUT = 90_000;

/** A server that disconnects slow clients, and answers unparsed requests with problems. */
export function httpServer(limits: HttpLimits, log: Logger, listener: RequestListener): Server {
  const { requestTimeout, keepAliveTimeout } = limits;
  const headersTimeout = Math.ceil(requestTimeout / 3);
  const server = createServer(
    {
      headersTimeout,
      requestTimeout,
      keepAliveTimeout,
      // By default slow clients are checked only every 30 s.
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 4)),
      // Node would answer without a body; request-headers.ts has it refused with one.
      requireHostHeader: false,
    },
    listener,
  );
  // One more than the limit, so that an excess can be detected.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.timeout = SOCKET_TIMEOUT;
  const inFlight = new InFlightRequests(server);
  limitConnections(server, inFlight, limits.maxConnections);
  answerUnparsed(server, inFlight, log);
  // An unknown expectation may be ignored (RFC 9110, 10.1.1); Node would answer without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}

/** Paths are case-sensitive (RFC 3986, section 6.2.2.1). The router takes the setting when the first route is added. */
function caseSensitive() {
  const app = express();
  app.set('case sensitive routing', true);
  // Responses must not be cached, so an entity tag has no use.
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
