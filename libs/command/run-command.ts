import { ExplainedError } from '#libs/explained-error';

import {
  asksForHelp,
  type Command,
  type CommandLine,
  helpText,
  type OptionTable,
  parseCommandLine,
  UsageError,
} from './command-line.js';
import { Interrupted } from './interruption.js';

export const EXIT = { done: 0, failed: 1, misused: 2, interrupted: 130 } as const;

/** Explains failures that are not an `ExplainedError`; undefined for a failure without an explanation. */
export type Explain = (error: unknown) => string | undefined;

/**
 * Runs a program on its command line: answers `--help`, explains what fails on standard error, and sets the exit code.
 *
 * @param run returns the exit code; undefined leaves it as it is
 */
export async function runCommand<O extends OptionTable>(
  command: Command<O>,
  run: (line: CommandLine<O>) => Promise<number | void>,
  explain?: Explain,
): Promise<void> {
  const argv = process.argv.slice(2);
  if (asksForHelp(argv)) {
    console.log(helpText(command));
    return;
  }
  try {
    const code = await run(parseCommandLine(command, argv));
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    console.error(failureText(error, explain));
    process.exitCode = exitCodeOf(error);
  }
}

/** Why a program could not continue: an explanation, or the stack trace of an unexpected error. */
export function failureText(error: unknown, explain: Explain = () => undefined): string {
  if (error instanceof ExplainedError) return error.message;
  return explain(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.misused;
  return error instanceof Interrupted ? EXIT.interrupted : EXIT.failed;
}
