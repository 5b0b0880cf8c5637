import { rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Child, type ChildOptions, runChild } from '../processes/child.js';
import { EXECUTABLE_SUFFIX, isExecutable } from '../processes/executables.js';
import { programPath } from '../../build/project.js';
import type { Report, SearchResult } from './temporal-source.js';

interface DownloadOptions extends Pick<ChildOptions, 'onStart'> {
  /** Milliseconds that the SDK has to begin in. */
  timeout: number;
  report: Report;
}

export function earlierDownload(): string | undefined {
  return [location()].find(isExecutable);
}

/**
 * Makes Temporal's SDK fetch its dev server, in a child process: the SDK has no time-out. It first sends a
 * request, and once that is answered it writes a file that grows; from then on it runs to its end.
 */
export async function downloadTemporal({ timeout, report, onStart }: DownloadOptions): Promise<SearchResult> {
  report('asking for the download of Temporal’s SDK');
  const target = location();
  const partial = `${target}.downloading`;
  const ofAnother = size(partial) !== undefined;
  const deadline = Date.now() + timeout;
  let download: Child | undefined;
  const ended = new AbortController();
  const finished = runChild({
    name: 'the download',
    command: process.execPath,
    args: [programPath('dev/stack/temporal/download-temporal.js')],
    grace: 500,
    onStart(child) {
      download = child;
      onStart?.(child);
    },
  })
    .catch(() => {})
    .then(() => ended.abort());
  while (
    !ended.signal.aborted &&
    !isExecutable(target) &&
    (Date.now() < deadline || size(partial) !== undefined)
  ) {
    const bytes = size(partial);
    if (bytes !== undefined) report(`downloading, ${Math.round(bytes / 1e6)} MB unpacked`);
    await Promise.race([finished, sleep(250)]);
  }
  const answered = ended.signal.aborted;
  await download?.stop();
  if (!ofAnother) rmSync(partial, { force: true });
  if (isExecutable(target)) return { path: target };
  return { missed: answered ? 'could not be had' : `did not answer within ${timeout / 1_000} s` };
}

/** Where the SDK's native core puts it: the temp folder, under the SDK's name and version. */
function location(): string {
  const { version }: { version: string } = createRequire(import.meta.url)('@temporalio/testing/package.json');
  return join(tmpdir(), `temporal-sdk-typescript-${version}${EXECUTABLE_SUFFIX}`);
}

function size(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
