import { hostname } from 'node:os';

import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';

/**
 * How an unversioned worker names itself to Temporal. It has no build that could publish its workflow versions, so its
 * name says them.
 */
export const identityOf = ({ from, to, newOrders }: WorkflowVersions): string =>
  `${process.pid}@${hostname()} workflow-versions=${from}-${to} new-orders=${newOrders}`;

/** The workflow versions in a worker's name; null for a worker of before workers said them. */
export function versionsIn(identity: string): WorkflowVersions | null {
  const [, from, to, newOrders] = / workflow-versions=(\d+)-(\d+) new-orders=(\d+)$/.exec(identity) ?? [];
  return newOrders === undefined
    ? null
    : { from: Number(from), to: Number(to), newOrders: Number(newOrders) };
}
