import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { PROJECT_ROOT } from './project.js';

const { faultOf }: { faultOf(version: string): string | undefined } = createRequire(import.meta.url)(
  './node-version.cjs',
);

test.each(['v20.20.0', 'v20.21.3', 'v22.12.0', 'v22.21.1', 'v24.0.0', 'v25.1.0', 'v30.0.0-nightly2027'])(
  '%s is new enough',
  (version) => expect(faultOf(version)).toBeUndefined(),
);

test.each(['v0.12.18', 'v18.20.8', 'v20.19.5', 'v21.7.3', 'v22.11.0', 'v23.11.1'])(
  '%s is too old, and is named',
  (version) => expect(faultOf(version)).toContain(`runs on Node ${version.slice(1)}: `),
);

test('a command on an old Node reports that in one sentence, and does nothing else', async () => {
  const asOld = "data:text/javascript,Object.defineProperty(process, 'version', { value: 'v18.20.8' })";
  const run = promisify(execFile)(process.execPath, [
    '--import',
    asOld,
    join(PROJECT_ROOT, 'dev/build/build.mjs'),
  ]);
  await expect(run).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: `${faultOf('v18.20.8')}\n`,
  });
});
