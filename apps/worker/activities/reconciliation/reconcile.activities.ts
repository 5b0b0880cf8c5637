import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

import {
  type Compared,
  NOTHING_COMPARED,
  type ReconcileActivities,
  type ReconcileWindow,
  sumCompared,
} from '#libs/contracts/workflows/reconcile-workflow';
import { Outage } from '#libs/domain/order/failure';
import type { DiscrepancyRepository } from '#libs/persistence/reconciliation/discrepancy.repository';

import { findLastReconciled } from '../../reconciliation/reconcile-schedule.js';
import type { OrphanedRuns } from '../../reconciliation/orphaned-runs.js';
import type { Progress, Reconciliation } from '../../reconciliation/reconciliation.js';

/** A comparison that reports its progress by heartbeat, and stops with its worker. */
export class ReconciliationActivities implements ReconcileActivities {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly discrepancies: DiscrepancyRepository,
    private readonly client: Client,
    private readonly orphanedRuns: Pick<OrphanedRuns, 'end'>,
  ) {}

  async compareUnsettled({ until }: ReconcileWindow): Promise<Compared> {
    const before = lastBeat();
    const cursor = before.cursor ?? '';
    await this.orphanedRuns.end(new Date(until), () => beatOn(before.compared)(cursor, NOTHING_COMPARED));
    const now = await this.reconciliation.unsettled(new Date(until), before.cursor, beatOn(before.compared));
    return sumCompared(before.compared, now);
  }

  async compareMovements({ since, until }: ReconcileWindow): Promise<Compared> {
    const span = { from: new Date(since), to: new Date(until) };
    const before = lastBeat();
    const now = await this.reconciliation.movements(span, before.cursor, beatOn(before.compared));
    return sumCompared(before.compared, now);
  }

  async findLastReconciled(): Promise<number | null> {
    return findLastReconciled(this.client);
  }

  async countDiscrepancies(): Promise<number> {
    return (await this.discrepancies.countOpen()).reduce((sum, { count }) => sum + count, 0);
  }
}

/** How far a comparison has come, and with how much. */
interface Beat {
  readonly cursor: string | null;
  readonly compared: Compared;
}

/** Reports it, together with what attempts before have compared. */
const beatOn =
  (before: Compared): Progress =>
  (cursor, compared) => {
    const context = Context.current();
    context.heartbeat({ cursor, compared: sumCompared(before, compared) } satisfies Beat);
    if (context.cancellationSignal.aborted) throw new Outage('worker_stopped');
  };

/** The last heartbeat of an attempt that failed or died. */
function lastBeat(): Beat {
  const details: Beat | undefined = Context.current().info.heartbeatDetails;
  return details ?? { cursor: null, compared: NOTHING_COMPARED };
}
