import type { OrderPolicy } from '#libs/domain/order/policy';

/*
 * The path that the runs of an order take, by number, so that a changed path reaches new orders only. A change takes two
 * releases: the first knows both paths and gives new orders the old one, so that the second, which gives them the new
 * one, can be taken back. See docs/workflow-changes.md.
 */

/** What a build does about workflow versions. */
export interface WorkflowVersions {
  /** The versions whose path its code knows, both ends included. */
  readonly from: number;
  readonly to: number;
  /** The version that it gives to the orders it accepts. */
  readonly newOrders: number;
}

/** Those of this build. */
export const WORKFLOW_VERSIONS: WorkflowVersions = { from: 1, to: 2, newOrders: 2 };

/** The version of an order's runs and of its refunds'. An order of before there were versions has none written. */
export function workflowVersionOf({ workflowVersion }: OrderPolicy): number {
  return workflowVersion ?? 1;
}

export function knows({ from, to }: WorkflowVersions, version: number): boolean {
  return from <= version && version <= to;
}
