import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { BundleOptions } from '@temporalio/worker';

/** Beside the compiled apps; made by `npm run build`. */
export const BUNDLE_PATH = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The place of a workflow module, compiled or as source, like this one. */
const workflowModule = (name: string) =>
  fileURLToPath(
    new URL(`./workflows/${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
  );

export const WORKFLOWS_PATH = workflowModule('workflows');
/** What every bundle has besides. */
export const WORKFLOW_INTERCEPTORS = [workflowModule('trace-interceptors')];

/** `#libs` resolves to sources when the workflow is one; otherwise a bundle would take a stale `dist/`. */
export const bundleSources: Pick<BundleOptions, 'webpackConfigHook'> = {
  webpackConfigHook: (config) => ({
    ...config,
    resolve: { ...config.resolve, conditionNames: ['source', '...'] },
  }),
};

/** The prebuilt bundle, which saves a worker seconds at every start. */
export function workflowCode() {
  return existsSync(BUNDLE_PATH)
    ? { workflowBundle: { codePath: BUNDLE_PATH } }
    : { workflowsPath: WORKFLOWS_PATH };
}
