/** Fetches the dev server as a side effect: the SDK offers no download by itself, so one is started and stopped. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const environment = await TestWorkflowEnvironment.createLocal();
await environment.teardown();
