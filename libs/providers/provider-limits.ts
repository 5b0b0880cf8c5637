import PQueue from 'p-queue';

import { Outage } from '#libs/domain/order/failure';
import type { Metrics } from '#libs/telemetry/metrics';

import { callPriority, PRIORITIES } from './call-priority.js';
import type { Provider } from './measured-calls.js';

/** What stands in front of each request to a provider. */
export interface CallLimit {
  /** Resolves once a request may be sent. @throws Outage `rate_limited` where an immediate one would have to wait */
  admit(): Promise<void>;
}

export const UNLIMITED: CallLimit = { admit: () => Promise.resolve() };

/** Lets this process send so many requests to each provider in any second; the others wait, compensations in front. */
export class ProviderLimits {
  private readonly waited;

  constructor(metrics: Metrics) {
    this.waited = metrics.histogram('provider_limit_wait_seconds');
  }

  /** @param perSecond 0 for no limit */
  of(provider: Provider, perSecond: number): CallLimit {
    if (perSecond === 0) return UNLIMITED;
    // Strict: in any second, not only in those that it counts by.
    const waiting = new PQueue({ intervalCap: perSecond, interval: 1_000, strict: true });
    return {
      admit: async () => {
        const priority = callPriority();
        if (priority === 'immediate' && (waiting.isRateLimited || waiting.size > 0))
          throw new Outage('rate_limited');
        const end = this.waited.startTimer({ provider, priority });
        await waiting.add(() => {}, { priority: PRIORITIES.findIndex((one) => one === priority) });
        end();
      },
    };
  }
}
