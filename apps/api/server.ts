import type { IncomingMessage, ServerResponse } from 'node:http';

import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';

import { inLogContext } from '#libs/telemetry/log-context';
import { Metrics } from '#libs/telemetry/metrics';

import { ApiModule } from './api.module.js';
import type { ApiEnvironment } from './platform/platform.module.js';
import { AllowedMethods } from './platform/server/allowed-methods.js';
import { LimitedExpress } from './platform/server/http-server.js';
import { LoggedPaths } from './platform/logging/logged-path.js';
import { NestLogger } from './platform/logging/nest-logger.js';
import { ProblemFilter } from './platform/problems/problem.filter.js';
import { parseQuery } from './platform/requests/query-parser.js';
import { RateLimits } from './platform/server/rate-limits.js';
import { httpMetrics } from './platform/telemetry/http-metrics.js';
import { httpSpans } from './platform/telemetry/http-spans.js';
import { RequestedOperations } from './platform/telemetry/requested-operation.js';
import { checkHeaders } from './platform/requests/request-headers.js';
import { requestLog } from './platform/logging/request-log.js';
import { useConsoleHeaders, useCors, useSecurityHeaders } from './platform/server/security-headers.js';
import { DOCUMENTS, openApiDocument, serveDocuments } from './platform/openapi/openapi.js';

/** Creates the API, ready to listen. */
export async function createServer(
  environment: ApiEnvironment,
  log: Logger,
  metrics = new Metrics(),
): Promise<NestExpressApplication> {
  const { REQUEST_TIMEOUT, KEEP_ALIVE_TIMEOUT, MAX_CONNECTIONS, CORS_ORIGINS, TRUSTED_PROXIES } =
    environment.api;
  const express = new LimitedExpress(
    {
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      maxConnections: MAX_CONNECTIONS,
    },
    log,
  );
  const module = ApiModule.with(environment, log, metrics);
  const app = await NestFactory.create<NestExpressApplication>(module, express, {
    logger: new NestLogger(log),
    bodyParser: false,
    abortOnError: false,
  });
  app.set('trust proxy', TRUSTED_PROXIES);
  app.set('query parser', parseQuery);
  const document = openApiDocument(app);
  const operations = new RequestedOperations(document.paths);
  const paths = new LoggedPaths(document.paths);
  app.use(httpMetrics(metrics, operations));
  app.use(httpSpans(operations, paths));
  app.use(requestLog(log, paths));
  app.use((request: IncomingMessage, _response: ServerResponse, next: () => void) =>
    inLogContext({ reqId: typeof request.id === 'string' ? request.id : undefined }, next),
  );
  useSecurityHeaders(app);
  useConsoleHeaders(app);
  useCors(app, CORS_ORIGINS);
  app.use(checkHeaders);
  const limits = app.get(RateLimits);
  app.use(['/docs', '/openapi.json'], limits.ofDocuments);
  serveDocuments(app, document);
  app.useGlobalFilters(new ProblemFilter(new AllowedMethods({ ...document.paths, ...DOCUMENTS }), limits));
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}
