import { writeFileSync } from 'node:fs';

import { bundleWorkflowCode } from '@temporalio/worker';

import { BUNDLE_PATH, WORKFLOW_INTERCEPTORS, WORKFLOWS_PATH } from './workflow-code.js';

/** Makes the bundle that a worker loads; run by `npm run build` when what it is made of has changed. */
const { code } = await bundleWorkflowCode({
  workflowsPath: WORKFLOWS_PATH,
  workflowInterceptorModules: WORKFLOW_INTERCEPTORS,
});
writeFileSync(BUNDLE_PATH, code);
