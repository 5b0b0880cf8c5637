import { ExplainedError } from '#libs/explained-error';
import { type ChildOptions } from '../processes/child.js';
import { isExecutable, onPath } from '../processes/executables.js';
import { buildTemporal, earlierBuild, TEMPORAL_MODULE } from './temporal-build.js';
import { downloadTemporal, earlierDownload } from './temporal-download.js';
import type { Report, SearchResult, TemporalSource } from './temporal-source.js';

export class NoTemporal extends ExplainedError {
  override readonly name = 'NoTemporal';
}

export interface SourceOptions extends Pick<ChildOptions, 'onStart'> {
  env: NodeJS.ProcessEnv;
  /** Milliseconds after which the SDK's download is given up unless it has begun; by default 10 s. */
  downloadTimeout?: number;
}

/**
 * The `temporal` executable, looked for in the order of the sources.
 *
 * @throws NoTemporal naming every source and its result
 */
export async function findTemporal(
  report: Report = () => {},
  sources: readonly TemporalSource[] = temporalSources({ env: process.env }),
): Promise<string> {
  const missed: string[] = [];
  for (const source of sources) {
    const result = await source.find(report);
    if (result === undefined) continue;
    if ('path' in result) return result.path;
    missed.push(`  - ${source.name}: ${result.missed}`);
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

/** In this order: what an earlier start fetched or built comes before fetching and building again. */
export function temporalSources({ env, downloadTimeout = 10_000, onStart }: SourceOptions): TemporalSource[] {
  return [
    { name: 'TEMPORAL_CLI_PATH', find: () => named(env['TEMPORAL_CLI_PATH']) },
    { name: '`temporal` on PATH', find: () => found(onPath('temporal', env)) ?? { missed: 'is not there' } },
    { name: 'an earlier download', find: () => found(earlierDownload()) },
    { name: 'an earlier build', find: () => found(earlierBuild(env)) },
    {
      name: 'the download of Temporal’s SDK',
      find: (report) => downloadTemporal({ timeout: downloadTimeout, onStart, report }),
    },
    { name: `\`go install ${TEMPORAL_MODULE}\``, find: (report) => buildTemporal({ env, onStart, report }) },
  ];
}

function found(path: string | undefined): SearchResult {
  return path === undefined ? undefined : { path };
}

/** A wrong name stops the search: a person who sets it does not expect another executable to be used. */
function named(path: string | undefined): SearchResult {
  if (!path) return { missed: 'is not set' };
  if (isExecutable(path)) return { path };
  throw new NoTemporal(
    `TEMPORAL_CLI_PATH is ${path}, where there is no executable. Correct it or leave it out.`,
  );
}
