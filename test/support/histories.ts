import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

import { WORKFLOW_VERSIONS } from '#libs/contracts/workflows/workflow-version';

/** Where the histories of every outcome are kept, for the replay test. */
export const HISTORIES = fileURLToPath(new URL('../replay/histories/', import.meta.url));

/** Keeps a run's history as a fixture, named for its workflow version, too; only under `npm run histories`. */
export async function recordHistory(handle: WorkflowHandle, name: string): Promise<void> {
  if (process.env['RECORD_HISTORIES'] !== 'true') return;
  const path = `${HISTORIES}${name}.v${WORKFLOW_VERSIONS.newOrders}.json`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${historyToJSON(await handle.fetchHistory())}\n`);
}
