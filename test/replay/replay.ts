import { readdirSync, readFileSync } from 'node:fs';

import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
} from '@temporalio/worker';

import { bundleSources, WORKFLOW_INTERCEPTORS } from '../../apps/worker/workflow-code.js';
import { HISTORIES } from '../support/histories.js';

/** A history that the code cannot resume. */
export interface BrokenHistory {
  readonly name: string;
  /** The SDK's message: which event, and what the code did instead. */
  readonly reason: string;
}

/** The kept histories, each named for how its order went. */
export const KEPT = readdirSync(HISTORIES).map((file) => {
  const json = readFileSync(`${HISTORIES}${file}`, 'utf8');
  return { name: file.replace('.json', ''), json, history: historyFromJSON(JSON.parse(json)) };
});

/** Without the SDK's warnings for a history that breaks: the caller gets an explanation. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
}

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
export async function brokenHistories(code: string): Promise<BrokenHistory[]> {
  const histories = KEPT.map(({ name, history }) => ({ workflowId: name, history }));
  const broken: BrokenHistory[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { code } },
    histories,
  )) {
    if (error) broken.push({ name: workflowId, reason: essence(error.message) });
  }
  return broken;
}

/** The SDK's sentence, without the dump of how it got here that is wrapped around it. */
function essence(message: string): string {
  return /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
}
