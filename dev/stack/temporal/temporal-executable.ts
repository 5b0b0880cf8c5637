import { isExecutable } from '#libs/config/executable';

import { ExplainedError } from '../../command/explained-error.js';
import { type ChildOptions } from '../processes/child.js';
import { onPath } from '../processes/executables.js';
import type { Finding, Note } from '../processes/finding.js';
import { buildTemporal, earlierBuild, TEMPORAL_MODULE } from './temporal-build.js';
import { downloadTemporal, earlierDownload } from './temporal-download.js';

export interface Way {
  name: string;
  find(note: Note): Finding | Promise<Finding>;
}

export class NoTemporal extends ExplainedError {
  override readonly name = 'NoTemporal';
}

export interface Surroundings extends Pick<ChildOptions, 'onStart'> {
  env: NodeJS.ProcessEnv;
  /** Milliseconds after which the SDK's download is given up unless it has begun; by default 10 s. */
  patience?: number;
}

/**
 * The `temporal` executable, looked for in the order of the ways.
 *
 * @throws NoTemporal naming every way and what came of it
 */
export async function findTemporal(
  note: Note = () => {},
  ways: readonly Way[] = temporalWays({ env: process.env }),
): Promise<string> {
  const missed: string[] = [];
  for (const way of ways) {
    const finding = await way.find(note);
    if (finding === undefined) continue;
    if ('path' in finding) return finding.path;
    missed.push(`  - ${way.name}: ${finding.missed}`);
  }
  throw new NoTemporal(
    [
      'There is no `temporal` executable, and no way to get one:',
      ...missed,
      'Set TEMPORAL_CLI_PATH to one, put one on PATH, let the SDK reach its download, or install Go.',
      'Or set TEMPORAL_ADDRESS to a Temporal server of your own.',
    ].join('\n'),
  );
}

/** The design's order; what an earlier start fetched or built comes before fetching and building again. */
export function temporalWays({ env, patience = 10_000, onStart }: Surroundings): Way[] {
  return [
    { name: 'TEMPORAL_CLI_PATH', find: () => named(env['TEMPORAL_CLI_PATH']) },
    { name: '`temporal` on PATH', find: () => found(onPath('temporal', env)) ?? { missed: 'is not there' } },
    { name: 'an earlier download', find: () => found(earlierDownload()) },
    { name: 'an earlier build', find: () => found(earlierBuild(env)) },
    { name: 'the download of Temporal’s SDK', find: (note) => downloadTemporal({ patience, onStart, note }) },
    { name: `\`go install ${TEMPORAL_MODULE}\``, find: (note) => buildTemporal({ env, onStart, note }) },
  ];
}

function found(path: string | undefined): Finding {
  return path === undefined ? undefined : { path };
}

/** A wrong name stops the search: whoever wrote it does not expect another executable to be used. */
function named(path: string | undefined): Finding {
  if (!path) return { missed: 'is not set' };
  if (isExecutable(path)) return { path };
  throw new NoTemporal(
    `TEMPORAL_CLI_PATH is ${path}, where there is no executable. Correct it or leave it out.`,
  );
}
