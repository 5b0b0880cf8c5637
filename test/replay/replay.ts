import { readdirSync, readFileSync } from 'node:fs';

import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

import { type BrokenHistory, brokenHistories } from '../../apps/worker/replay/broken-histories.js';
import { bundleSources, WORKFLOW_INTERCEPTORS } from '../../apps/worker/workflow-code.js';
import { HISTORIES } from '../support/histories.js';

/** The kept histories, each named for how its order went. */
export const KEPT = readdirSync(HISTORIES).map((file) => {
  const json = readFileSync(`${HISTORIES}${file}`, 'utf8');
  return { name: file.replace('.json', ''), json, history: historyFromJSON(JSON.parse(json)) };
});

/** A worker's bundle, made from the sources at `workflowsPath`. */
export async function workflowCode(workflowsPath: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: WORKFLOW_INTERCEPTORS,
    logger: new DefaultLogger('ERROR'),
    ...bundleSources,
  });
  return code;
}

/** Replays every kept history with the code, as a worker does that takes such an order over. */
export async function brokenKeptHistories(code: string): Promise<BrokenHistory[]> {
  return brokenHistories(
    { code },
    KEPT.map(({ name, history }) => ({ workflowId: name, history })),
  );
}
