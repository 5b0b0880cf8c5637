import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Metrics } from '#libs/telemetry/metrics';

import { onceAnswered } from '../server/streaming-response.js';
import type { RequestedOperations } from './requested-operation.js';

/** Measures each request, by its operation: a path would hold ids. */
export function httpMetrics(metrics: Metrics, operations: RequestedOperations) {
  const duration = metrics.histogram('http_server_request_duration_seconds');
  const active = metrics.gauge('http_server_active_requests');
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const operation = operations.of(request.method ?? '', request.url ?? '');
    const end = duration.startTimer({ operation });
    active.inc();
    onceAnswered(response, (isStreaming) => {
      active.dec();
      const isAnswered = isStreaming || response.writableFinished;
      const status = isAnswered ? String(response.statusCode) : 'aborted';
      end({ http_response_status_code: status });
    });
    next();
  };
}
