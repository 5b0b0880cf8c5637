import { setTimeout as delay } from 'node:timers/promises';

import type { WorkerDeploymentVersion } from '@temporalio/common';
import type { Worker } from '@temporalio/worker';

import { failureCode } from '#libs/persistence/database/database-failure';
import type { DatabaseProbe } from '#libs/persistence/database/database-probe';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { MonitoringAnswer } from '#libs/telemetry/monitoring-server';

import type { TemporalProbe } from './temporal-probe.js';

/** Milliseconds. */
const TIMEOUT = 2_000;

export interface WatchedParts {
  readonly store: Pick<Store, 'isStuck'>;
  readonly database: Pick<DatabaseProbe, 'ping'>;
  readonly temporal: Pick<TemporalProbe, 'ping'>;
  readonly workers: readonly Pick<Worker, 'getState'>[];
  /** Null where workers are not versioned. */
  readonly version: WorkerDeploymentVersion | null;
}

/** What the probes of a worker are answered. */
export class WorkerHealth {
  constructor(
    private readonly parts: WatchedParts,
    private readonly logger: Logger,
    /** Milliseconds for one part to answer. */
    private readonly timeout = TIMEOUT,
  ) {}

  /** Fails only where nothing but a restart helps: neither while the database or Temporal is down nor while stopping. */
  live(): MonitoringAnswer {
    if (!this.parts.store.isStuck()) return OK;
    this.logger.error('not live: every connection to the database is in use and none comes back');
    return unavailable(['connections']);
  }

  /** Whether orders go on here: every worker polls its task queue, and the database and Temporal answer. */
  async ready(): Promise<MonitoringAnswer> {
    const { database, temporal, workers } = this.parts;
    const polling = workers.length > 0 && workers.every((worker) => worker.getState() === 'RUNNING');
    const faults = [
      polling ? null : 'polling',
      ...(await Promise.all([
        this.fault('database', () => database.ping()),
        this.fault('temporal', () => temporal.ping()),
      ])),
    ].filter((fault) => fault !== null);
    if (faults.length > 0) return unavailable(faults);
    const { version } = this.parts;
    return version === null ? OK : answer(200, { status: 'ok', version });
  }

  private async fault(part: string, ping: () => Promise<void>): Promise<string | null> {
    const over = new AbortController();
    const late = delay(this.timeout, 'no_answer', { signal: over.signal });
    const answered = ping().then(
      () => null,
      (error: unknown) => failureCode(error),
    );
    const code = await Promise.race([answered, late]).finally(() => over.abort());
    if (code === null) return null;
    this.logger.warn({ part, code }, 'not ready');
    return part;
  }
}

const answer = (status: number, body: object): MonitoringAnswer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
const OK = answer(200, { status: 'ok' });
const unavailable = (faults: readonly string[]) => answer(503, { status: 'unavailable', faults });
