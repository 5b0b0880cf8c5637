import { DefaultLogger, Runtime } from '@temporalio/worker';

import type { Logger } from '#libs/telemetry/logger';

import type { RequestIds } from './request-ids.js';

/** Milliseconds for the SDK to answer about itself. */
const TIMEOUT = 2_000;

/** Installs the SDK's runtime: its log goes to ours, and its metrics are shown at a port of this machine alone. */
export function installRuntime(logger: Logger, requests: RequestIds, metricsPort: number): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      // The email queue has activities only, as it should.
      if (message.startsWith('No workflows registered')) return;
      // Logged with order, step and code by the activity interceptor.
      if (message.startsWith('Activity failed')) return;
      const { workflowId, activityType, taskQueue, sdkComponent, error } = meta ?? {};
      logger[levels[level]](
        { ...requests.ofRun(workflowId), workflowId, activityType, taskQueue, sdkComponent, err: error },
        message,
      );
    }),
    telemetryOptions: {
      // The core's own lines, too, in our format.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: {
        attachServiceName: false,
        prometheus: {
          bindAddress: `127.0.0.1:${metricsPort}`,
          countersTotalSuffix: true,
          unitSuffix: true,
          useSecondsForDurations: true,
        },
      },
    },
    shutdownSignals: ['SIGTERM', 'SIGINT'],
  });
}

/** The SDK's metrics as Prometheus reads them; none where it does not answer. */
export async function sdkMetrics(logger: Logger, metricsPort: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, {
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return await answer.text();
  } catch (error) {
    logger.warn({ err: error }, "the Temporal SDK's metrics could not be read");
    return '';
  }
}
