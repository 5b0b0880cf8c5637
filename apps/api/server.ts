import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';

import { type ApiEnvironment, ApiModule } from './api.module.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { useBodyParsers } from './http/body-parsers.js';
import { NestLog } from './http/nest-log.js';
import { ProblemFilter } from './http/problem.filter.js';
import { requestLog } from './http/request-log.js';
import { openApiDocument, serveDocuments } from './openapi.js';

/** The whole API, ready to listen. */
export async function createServer(
  environment: ApiEnvironment,
  log: Logger,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(environment, log), {
    logger: new NestLog(log),
    bodyParser: false,
    rawBody: true,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.use(requestLog(log));
  useBodyParsers(app);
  const document = openApiDocument(app);
  serveDocuments(app, document);
  app.useGlobalFilters(new ProblemFilter(new AllowedMethods(document.paths)));
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}
