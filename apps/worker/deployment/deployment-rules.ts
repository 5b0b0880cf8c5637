import { knows, type WorkflowVersions } from '#libs/contracts/workflows/workflow-version';
import type { OpenVersion } from '#libs/persistence/runs/run.repository';
import type { Build } from '#libs/temporal/worker-deployment';

export interface BuildVersions {
  readonly build: Build;
  readonly versions: WorkflowVersions;
}

/** What workers do that are not versioned and do not say: they are of before there were workflow versions. */
export const UNVERSIONED: WorkflowVersions = { from: 1, to: 1, newOrders: 1 };

/** What all of some workers know, of which any may take a run; null where there is none. */
export function inAll(workers: readonly WorkflowVersions[]): WorkflowVersions | null {
  if (workers.length === 0) return null;
  return {
    from: Math.max(...workers.map(({ from }) => from)),
    to: Math.min(...workers.map(({ to }) => to)),
    newOrders: Math.max(...workers.map(({ newOrders }) => newOrders)),
  };
}

/**
 * Why a build may not take runs; null where it may. It has to know the version of every run that is open. And two
 * builds follow one another, or take runs at once, while APIs of either accept orders: each has to know what the other
 * gives to new orders.
 *
 * @param current null where its versions are not known
 */
export function refusal(
  candidate: BuildVersions,
  current: BuildVersions | null,
  open: readonly OpenVersion[],
): string | null {
  const name = buildName(candidate.build);
  const stuck = open.filter(({ version }) => !knows(candidate.versions, version));
  if (stuck.length > 0)
    return `${sentence(name)} ${knowledge(candidate.versions)}. Open orders and refunds could not go on: ${openText(stuck)}.`;
  if (current === null) return null;
  const [next, before] = [candidate.versions.newOrders, current.versions.newOrders];
  if (!knows(candidate.versions, before))
    return (
      `${sentence(buildName(current.build))} gives new orders workflow version ${before}, which ${name} does not know. ` +
      `Go back to a build that knows ${before} first, with workers and APIs.`
    );
  if (!knows(current.versions, next))
    return (
      `${sentence(name)} gives new orders workflow version ${next}, which ${buildName(current.build)} does not know: ` +
      `there would be no way back. Promote a build first that knows ${next} and gives new orders version ${before}.`
    );
  return null;
}

export const buildName = (build: Build) => (build === null ? 'the unversioned worker' : `build ${build}`);

export const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export const openText = (open: readonly OpenVersion[]) =>
  open.map(({ version, count }) => `${count} with version ${version}`).join(', ');

const knowledge = ({ from, to }: WorkflowVersions) =>
  from === to ? `knows workflow version ${from} only` : `knows the workflow versions ${from} to ${to}`;
