import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

import { bundleSources, WORKFLOW_INTERCEPTORS } from '../../apps/worker/workflow-code.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Every module that may be in a bundle, of any workflows. */
const INGREDIENTS = [
  'apps/worker/workflows',
  'libs/domain',
  'libs/contracts',
  'test/replay/changes',
  'package-lock.json',
];

/**
 * The bundle of the sources at `workflowsPath`. It is made once for each state of the sources, by the first test process
 * that wants it, and kept in `dist/`: making it takes seconds.
 *
 * @returns the path of the bundle
 */
export async function workflowBundle(workflowsPath: string): Promise<string> {
  const hash = createHash('sha256').update(workflowsPath);
  for (const file of INGREDIENTS.flatMap((path) => sourcesIn(join(ROOT, path)))) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  const path = join(ROOT, 'dist/test-bundles', `${hash.digest('hex').slice(0, 24)}.js`);
  if (!existsSync(path)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      workflowInterceptorModules: WORKFLOW_INTERCEPTORS,
      logger: new DefaultLogger('ERROR'),
      ...bundleSources,
    });
    mkdirSync(dirname(path), { recursive: true });
    // Two processes may make it at once: each puts a complete file in its place.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, path);
  }
  return path;
}

function sourcesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(path, name));
}
