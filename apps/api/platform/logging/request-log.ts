import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

import { spanOfRequest } from '../telemetry/http-spans.js';
import type { LoggedPaths } from './logged-path.js';
import { orderOfRequest } from './order-of-request.js';
import { requestId } from './request-id.js';

/** One line for each request: method, path, status and time. Headers, bodies and queries may hold keys or personal data. */
export function requestLog(logger: Logger, paths: LoggedPaths) {
  return pinoHttp({
    logger,
    wrapSerializers: false,
    serializers: {
      req: ({ method, url }: IncomingMessage) => ({ method, path: paths.of(url ?? '') }),
      res: ({ statusCode }: ServerResponse) => ({ status: statusCode }),
    },
    quietReqLogger: true,
    genReqId: (request, response) => {
      const id = requestId(request.headers['x-request-id']);
      response.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'failed',
    customProps: (request, response) => {
      const orderId = orderOfRequest(request, response, paths);
      return { ...(orderId === undefined ? {} : { orderId }), ...spanOfRequest(request) };
    },
    autoLogging: { ignore: (request) => request.url?.startsWith('/health/') ?? false },
  });
}
