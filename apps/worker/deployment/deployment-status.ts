import { textTable } from '#libs/command/table';
import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';
import type { OpenVersion } from '#libs/persistence/runs/run.repository';
import type { DeploymentState } from '#libs/temporal/worker-deployment';

import type { Deployment } from './deployment.js';
import { openText } from './deployment-rules.js';

const COLUMNS = ['build', 'status', 'share', 'workers', 'knows versions', 'new orders get', 'since'];

/** The builds of a deployment, and what is open, for people. */
export async function deploymentStatus(
  name: string,
  deployment: Deployment,
  open: readonly OpenVersion[],
): Promise<string> {
  const state = await deployment.state();
  const opened =
    open.length === 0 ? 'No order or refund is open.' : `Open orders and refunds: ${openText(open)}.`;
  if (state === null) return `No worker of deployment ${name} was seen yet.\n${opened}`;
  const rows = await Promise.all(
    state.builds.map(async ({ buildId, status, since }) => {
      const missing = await deployment.missingQueues(buildId);
      const versions = await deployment.versionsOf(buildId);
      return [
        buildId,
        status,
        shareOf(buildId, state),
        missing.length === 0 ? 'yes' : `none for ${missing.join(', ')}`,
        versions ? rangeOf(versions) : '-',
        versions ? String(versions.newOrders) : '-',
        since.toISOString(),
      ];
    }),
  );
  const isUnversioned = state.current === null ? ['Unversioned workers are current.'] : [];
  return [...isUnversioned, textTable(COLUMNS, rows), opened].join('\n');
}

function shareOf(buildId: string, { current, ramping }: DeploymentState): string {
  if (ramping?.build === buildId) return `${ramping.percentage} %`;
  return current === buildId ? `${100 - (ramping?.percentage ?? 0)} %` : '-';
}

const rangeOf = ({ from, to }: WorkflowVersions) => (from === to ? String(from) : `${from} to ${to}`);
