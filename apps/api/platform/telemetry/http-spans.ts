import type { IncomingMessage, ServerResponse } from 'node:http';

import { activeTracer, type SpanIds } from '#libs/telemetry/tracing';

import type { LoggedPaths } from '../logging/logged-path.js';
import { orderOfRequest } from '../logging/order-of-request.js';
import { onceAnswered } from '../server/streaming-response.js';
import type { RequestedOperations } from './requested-operation.js';

const spans = new WeakMap<IncomingMessage, SpanIds>();

/** The span of a request, for the line about its answer, which is logged outside of it. */
export const spanOfRequest = (request: IncomingMessage): SpanIds | undefined => spans.get(request);

/**
 * Makes a span of each request, probes left out, below the caller's own where there is one
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). No address, query, body or header is shown.
 */
export function httpSpans(operations: RequestedOperations, paths: LoggedPaths) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const tracer = activeTracer();
    const { method = '', url = '', headers } = request;
    const { traceparent } = headers;
    if (tracer === null || url.startsWith('/health/')) return next();
    const route = operations.route(url);
    const span = tracer.start(route === null ? method : `${method} ${route}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : null,
      attributes: {
        'http.request.method': method,
        'http.route': route ?? undefined,
        'url.path': paths.of(url),
        'url.scheme': 'http',
      },
    });
    spans.set(request, span.ids);
    onceAnswered(response, (isStreaming) => {
      const isAnswered = isStreaming || response.writableFinished;
      span.set({ 'order.id': orderOfRequest(request, response, paths) });
      if (isAnswered) span.set({ 'http.response.status_code': response.statusCode });
      if (!isAnswered) span.fail('aborted');
      else if (response.statusCode >= 500) span.fail(String(response.statusCode));
      span.end();
    });
    span.run(next);
  };
}
