/** `npm run test:production`: what is tried before a release, one part after the other, with a summary in the end. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { usageError } from '#libs/command/command-line';
import { EXIT, runCommand } from '#libs/command/run-command';

import { PROJECT_ROOT, programPath } from '../build/project.js';
import { seconds } from '../terminal/terminal.js';
import { type Part, PART_NAMES, type PartName, PARTS } from './parts.js';
import { PRODUCTION, type ProductionOptions } from './production-command.js';

interface Result {
  readonly part: PartName;
  readonly succeeded: boolean;
  /** The test runner's own line, such as `20 passed, 0 failed`. */
  readonly counts: string;
  readonly took: number;
}

const VITEST = join(PROJECT_ROOT, 'node_modules/vitest/vitest.mjs');

await runCommand(PRODUCTION, ({ options }) => runParts(options));

async function runParts(options: ProductionOptions): Promise<number> {
  const withServer = options.engine === 'postgres';
  const left = PART_NAMES.filter((name) => withServer || !PARTS[name].needsServer);
  const missing = options.only?.find((name) => !left.includes(name));
  if (missing) throw usageError(PRODUCTION, `--only ${missing} needs --engine postgres.`);
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-production-'));
  const results: Result[] = [];
  try {
    for (const part of options.only ?? left) {
      console.log(`\n── ${part}: ${PARTS[part].shows}`);
      results.push(run(part, options, join(folder, `${part}.txt`)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${summary(results)}`);
  return results.every(({ succeeded }) => succeeded) ? EXIT.done : EXIT.failed;
}

function run(part: PartName, options: ProductionOptions, countsFile: string): Result {
  const { variables }: Part = PARTS[part];
  const since = performance.now();
  const { status, error } = spawnSync(process.execPath, argumentsOf(PARTS[part]), {
    cwd: PROJECT_ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_TEMPORAL_ENGINE: options.engine,
      TEST_COUNTS: countsFile,
      ...variables?.(options),
    },
  });
  if (error) throw error;
  return { part, succeeded: status === 0, counts: countsIn(countsFile), took: performance.now() - since };
}

/** One file of tests after the other: what they kill and measure shall not wait for another's. */
function argumentsOf({ tests, program }: Part): string[] {
  if (program !== undefined) return [programPath(program)];
  return [VITEST, 'run', '--maxWorkers=1', ...(tests ?? [])];
}

function countsIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // A program that runs no tests.
    return '';
  }
}

function summary(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ part }) => part.length));
  return results
    .map(({ part, succeeded, counts, took }) =>
      `${succeeded ? '✓' : '✗'} ${part.padEnd(width)}  ${seconds(took).padStart(8)}  ${counts}`.trimEnd(),
    )
    .join('\n');
}
