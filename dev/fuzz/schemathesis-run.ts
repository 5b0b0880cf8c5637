import { join } from 'node:path';

import { type ChildOptions, runChild } from '../stack/processes/child.js';
import { PROJECT_ROOT } from '../build/project.js';

/** Every check, valid data and invalid data; the rest is in schemathesis.toml. */
const ALWAYS = [
  ...['--checks', 'all', '--mode', 'all', '--continue-on-failure'],
  ...['--generation-database', 'none', '--no-color'],
];
const ALL_PHASES = 'examples,coverage,fuzzing,stateful';
/** Those that make some cases of each operation; the others make more than a thousand. */
const BRIEF_PHASES = 'examples,fuzzing';
const FEW = 1_000;
/** The phases that make new cases in each round; the others make the same ones again. */
const ENDLESS_PHASES = 'fuzzing,stateful';
/** Cases drawn for each operation beside those that its schema calls for, in the first round. */
const FIRST = 5;
/** Cases that a round of one for each operation makes at the least: some operations have not many. */
const CASES_EACH = 20;

const MADE = /^ {2}(\d+) generated/;

export interface FuzzOptions extends Pick<ChildOptions, 'onStart'> {
  program: string;
  url: string;
  /** Left out to call without one. */
  apiKey?: string;
  cases: number;
  seed: number;
  /** Where it works. */
  folder: string;
  /** A file for each of its runs. */
  logFile(): string;
  /** Called with each line that it writes. */
  onLine(line: string): void;
}

export interface FuzzResult {
  readonly cases: number;
  readonly failed: boolean;
  /** The summary of each run, or what failed in it. */
  readonly report: readonly string[];
}

/** Runs Schemathesis as often as it takes to make so many cases, each time from another seed, or until one fails. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const report: string[] = [];
  let made = 0;
  const firstPhases = options.cases < FEW ? BRIEF_PHASES : ALL_PHASES;
  for (let round = 0; made < options.cases; round += 1) {
    const { lines, failed } = await run(options, [
      ...['--seed', String(options.seed + round)],
      ...['--phases', round === 0 ? firstPhases : ENDLESS_PHASES],
      ...['-n', String(round === 0 ? FIRST : Math.ceil((options.cases - made) / CASES_EACH))],
    ]);
    report.push(...tail(lines, failed ? 'FAILURES' : 'SUMMARY'));
    const count = Number(lines.map((line) => MADE.exec(line)?.[1]).find((found) => found !== undefined) ?? 0);
    made += count;
    // One that could not begin, such as on a document it cannot read, has made none.
    if (failed || count === 0) return { cases: made, failed: true, report };
  }
  return { cases: made, failed: false, report };
}

async function run({ program, url, apiKey, folder, ...options }: FuzzOptions, args: readonly string[]) {
  const lines: string[] = [];
  const code = await runChild({
    name: 'schemathesis',
    command: program,
    args: [
      ...['--config-file', join(PROJECT_ROOT, 'schemathesis.toml'), 'run', `${url}/openapi.json`],
      ...ALWAYS,
      ...(apiKey === undefined ? [] : ['--header', `Authorization: Bearer ${apiKey}`]),
      ...args,
    ],
    cwd: folder,
    // Its output is not a terminal's, and holds more than ASCII.
    env: { ...process.env, PYTHONUTF8: '1', COLUMNS: '120' },
    logFile: options.logFile(),
    onStart: options.onStart,
    onLine(line) {
      lines.push(line);
      options.onLine(line);
    },
    codes: [0, 1],
  });
  return { lines, failed: code !== 0 };
}

/** From a heading on; all of it when it never came so far. */
function tail(lines: readonly string[], heading: string): readonly string[] {
  const at = lines.findIndex((line) => line.includes(`= ${heading} =`));
  return lines.slice(Math.max(at, 0));
}
