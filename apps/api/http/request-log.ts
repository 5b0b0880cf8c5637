import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { v7 as uuid } from 'uuid';

const GIVEN_ID = /^[\w.:-]{1,100}$/;

/**
 * One line for each request: method, path, status and time. No headers, bodies or query values: those are
 * where keys and persons are.
 */
export function requestLog(logger: Logger) {
  return pinoHttp({
    logger,
    wrapSerializers: false,
    serializers: {
      req: ({ method, url }: IncomingMessage) => ({ method, path: url?.split('?', 1)[0] }),
      res: ({ statusCode }: ServerResponse) => ({ status: statusCode }),
    },
    quietReqLogger: true,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && GIVEN_ID.test(given) ? given : uuid();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'failed',
    autoLogging: { ignore: (request) => request.url?.startsWith('/health/') ?? false },
  });
}
