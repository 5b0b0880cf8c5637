import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';

import {
  ORDER_WORKFLOW,
  OrderStatusAttribute,
  REFUND_WORKFLOW,
} from '#libs/contracts/workflows/order-workflow';

import { type BrokenHistory, brokenHistories, type NamedHistory } from './broken-histories.js';
import { BothEnds, shareOut } from './sample.js';

/** Histories that are read ahead of the replay, and milliseconds for one answer. */
const READ_AHEAD = 10;
const DEADLINE = 30_000;
const PAGE = 1_000;

export interface ReplayedGroup {
  /** An order's status, or `refund`. */
  readonly group: string;
  readonly running: number;
  readonly replayed: number;
}

export interface Replayed {
  readonly groups: readonly ReplayedGroup[];
  readonly broken: readonly BrokenHistory[];
}

type Run = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId'>;

/**
 * Replays runs of orders and refunds that are going on, with the code of a bundle: of each status the newest and the
 * oldest.
 *
 * @param sample how many
 * @throws where Temporal does not answer
 */
export async function replayLive(
  client: Client,
  sample: number,
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>,
): Promise<Replayed> {
  const groups = [...(await runningByGroup(client, sample))];
  const shares = shareOut(
    sample,
    groups.map(([, { size }]) => size),
  );
  const taken = groups.map(([group, runs], index) => ({
    group,
    size: runs.size,
    runs: runs.take(shares[index] ?? 0),
  }));
  const replayed = new Set<string>();
  const histories = async function* () {
    for await (const one of readHistories(
      client,
      taken.flatMap(({ runs }) => runs),
    )) {
      replayed.add(one.workflowId);
      yield one;
    }
  };
  const broken = await brokenHistories(workflowBundle, histories());
  return {
    broken,
    groups: taken.map(({ group, size, runs }) => ({
      group,
      running: size,
      replayed: runs.filter(({ workflowId }) => replayed.has(workflowId)).length,
    })),
  };
}

/** Every run that is going on, of which the newest and the oldest of each group are kept. */
async function runningByGroup(client: Client, most: number): Promise<Map<string, BothEnds<Run>>> {
  const query = `WorkflowType IN ("${ORDER_WORKFLOW}", "${REFUND_WORKFLOW}") AND ExecutionStatus = "Running"`;
  const groups = new Map<string, BothEnds<Run>>();
  const runs = client.workflow.list({ query, pageSize: PAGE })[Symbol.asyncIterator]();
  const next = () => client.withDeadline(Date.now() + DEADLINE, () => runs.next());
  for (let one = await next(); !one.done; one = await next()) {
    const { type, workflowId, runId, typedSearchAttributes } = one.value;
    const group =
      type === ORDER_WORKFLOW ? (typedSearchAttributes.get(OrderStatusAttribute) ?? 'pending') : 'refund';
    const ends = groups.get(group) ?? new BothEnds<Run>(most);
    groups.set(group, ends);
    ends.add({ workflowId, runId });
  }
  return groups;
}

/** Reads some histories ahead, as replaying one takes about as long as reading it. A run that is gone is left out. */
async function* readHistories(client: Client, runs: readonly Run[]): AsyncGenerator<NamedHistory> {
  const read = async ({ workflowId, runId }: Run): Promise<NamedHistory | null> => {
    try {
      const handle = client.workflow.getHandle(workflowId, runId);
      const history = await client.withDeadline(Date.now() + DEADLINE, () => handle.fetchHistory());
      return { workflowId, history };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  };
  for (let from = 0; from < runs.length; from += READ_AHEAD) {
    for (const one of await Promise.all(runs.slice(from, from + READ_AHEAD).map(read))) if (one) yield one;
  }
}
