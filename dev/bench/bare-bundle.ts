/** Makes the bare workflow's bundle. A separate program: webpack's memory must not count in a measurement. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode } from '@temporalio/worker';

const [target] = process.argv.slice(2);
if (!target) throw new Error('Usage: node bare-bundle.js FILE');

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('./bare-order.workflow.js', import.meta.url)),
});
writeFileSync(target, code);
