import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../../dev/build/project.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';

import { workflowBundle } from './workflow-bundle.js';

/** A build of this code with other workflows, which does other things about workflow versions. @returns its folder */
export async function changedBuild(workflowsPath: string, versions: WorkflowVersions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-build-'));
  guardFolder(folder);
  for (const name of ['apps', 'libs'])
    cpSync(join(PROJECT_ROOT, 'dist', name), join(folder, 'dist', name), { recursive: true });
  cpSync(join(PROJECT_ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  cpSync(await workflowBundle(workflowsPath), join(folder, 'dist/workflow-bundle.js'));
  const constants = join(folder, 'dist/libs/contracts/workflows/workflow-version.js');
  const code = readFileSync(constants, 'utf8');
  const changed = code.replace(
    /WORKFLOW_VERSIONS = \{[^}]*\}/,
    `WORKFLOW_VERSIONS = ${JSON.stringify(versions)}`,
  );
  if (changed === code) throw new Error(`${constants} has no WORKFLOW_VERSIONS`);
  rmSync(constants);
  writeFileSync(constants, changed);
  return folder;
}
