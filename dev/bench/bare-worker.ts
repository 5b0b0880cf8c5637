/** The bare workflow's worker, with the SDK's defaults. `node bare-worker.js ADDRESS BUNDLE` */
import { activityInfo } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

import { BARE_NAMESPACE, BARE_TASK_QUEUE, type BareActivities, HANDED_OVER } from './bare-order.js';

const [address, codePath] = process.argv.slice(2);
if (!address || !codePath) throw new Error('Usage: node bare-worker.js ADDRESS BUNDLE');

const activities = {
  async takeStep() {},
  async handOver() {
    console.log(`${HANDED_OVER}${activityInfo().workflowExecution?.workflowId}`);
  },
} satisfies BareActivities;

const connection = await NativeConnection.connect({ address });
try {
  const worker = await Worker.create({
    connection,
    namespace: BARE_NAMESPACE,
    taskQueue: BARE_TASK_QUEUE,
    workflowBundle: { codePath },
    activities,
    // As the product has it, so that both run as many activities at once.
    maxConcurrentActivityTaskExecutions: 100,
  });
  const running = worker.run();
  console.log('bare worker ready');
  await running;
} finally {
  await connection.close();
}
