import { readdirSync, readFileSync } from 'node:fs';

import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

import { bundleSources, WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import { HISTORIES } from '../support/histories.js';

const names = readdirSync(HISTORIES).map((file) => file.replace('.json', ''));

describe('today’s workflow code replays the history of an order that was', () => {
  let workflowBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    workflowBundle = await bundleWorkflowCode({
      workflowsPath: WORKFLOWS_PATH,
      logger: new DefaultLogger('ERROR'),
      ...bundleSources,
    });
  });

  it.each(names)('%s', async (name) => {
    const history = historyFromJSON(JSON.parse(readFileSync(`${HISTORIES}${name}.json`, 'utf8')));
    await expect(
      Worker.runReplayHistory({ workflowBundle }, history),
      'An order in flight would break. Keep its old path and put the new one behind patched() of @temporalio/workflow.',
    ).resolves.toBeUndefined();
  });

  it('carries no word of a person, and nothing of the web', () => {
    expect(workflowBundle.code).not.toMatch(/node_modules\/(zod|@nestjs|@prisma)\//);
    for (const name of names) {
      expect(readFileSync(`${HISTORIES}${name}.json`, 'utf8')).not.toMatch(/Lovelace|example\.com|St James/);
    }
  });
});
