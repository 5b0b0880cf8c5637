import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { BundleOptions } from '@temporalio/worker';

/** Beside the compiled apps; made by `npm run build`. */
export const BUNDLE_PATH = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The place of the workflows, compiled or as sources, like this module. */
export const WORKFLOWS_PATH = fileURLToPath(
  new URL(`./workflows/workflows.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

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
