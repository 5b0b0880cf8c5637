import { InvalidEnvironment } from '#libs/config/environment';

import { UsageError } from './arguments.js';
import { ExplainedError } from './explained-error.js';
import { Interrupted } from './interruption.js';
import { dataFault } from '../stack/kept-data.js';
import type { Terminal } from './terminal.js';

/** How a program that shows or measures something ends. */
export const EXIT = { done: 0, failed: 1, misused: 2, interrupted: 130 } as const;

export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ExplainedError || error instanceof InvalidEnvironment) return error.message;
  return dataFault(error) ?? error.stack ?? error.message;
}

/** Says why a program could not go on. @returns the exit code */
export function explainEnd(error: unknown, stopping: AbortSignal, terminal: Terminal): number {
  // What an abort interrupts fails in ways of its own; its reason is what happened.
  const reason: unknown = stopping.aborted ? stopping.reason : error;
  if (reason instanceof Interrupted) {
    terminal.say('\nInterrupted.');
    return EXIT.interrupted;
  }
  terminal.say(`\n${failureText(reason)}`);
  return reason instanceof UsageError ? EXIT.misused : EXIT.failed;
}
