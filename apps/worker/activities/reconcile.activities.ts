import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

import type { ReconcileActivities, ReconcileWindow } from '#libs/contracts/reconcile-workflow';
import { Outage } from '#libs/order/failure';
import type { FindingRepository } from '#libs/store/finding.repository';

import { lastReconciled } from '../reconcile-schedule.js';
import type { Progress, Reconciliation } from '../reconciliation.js';

/** A comparison that says how far it has come, and stops with its worker. */
export class ReconciliationActivities implements ReconcileActivities {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly findings: FindingRepository,
    private readonly client: Client,
  ) {}

  async compareUnsettled({ until }: ReconcileWindow): Promise<number> {
    return this.reconciliation.unsettled(new Date(until), lastCursor(), beat);
  }

  async compareMovements({ since, until }: ReconcileWindow): Promise<number> {
    const span = { from: new Date(since), to: new Date(until) };
    return this.reconciliation.movements(span, lastCursor(), beat);
  }

  async lastReconciled(): Promise<number | null> {
    return lastReconciled(this.client);
  }

  async countFindings(): Promise<number> {
    return (await this.findings.countOpen()).reduce((sum, { count }) => sum + count, 0);
  }
}

const beat: Progress = (cursor) => {
  const context = Context.current();
  context.heartbeat(cursor);
  if (context.cancellationSignal.aborted) throw new Outage('worker_stopped');
};

/** Where an attempt that failed, or died, had come to. */
function lastCursor(): string | null {
  const details: unknown = Context.current().info.heartbeatDetails;
  return typeof details === 'string' ? details : null;
}
