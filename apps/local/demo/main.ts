/** `npm run demo`: what this product claims, shown on a stack of its own, in five acts. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { UsageError } from '../arguments.js';
import { ChildFailed } from '../child.js';
import { whenNpmEnds } from '../parent.js';
import { PROJECT_ROOT } from '../project.js';
import { NoTemporal } from '../temporal-executable.js';
import { seconds, Terminal } from '../terminal.js';
import { actsFrom } from './demo-arguments.js';
import { play } from './play.js';
import { Processes } from './processes.js';
import { Stage } from './stage.js';
import { stageSettings } from './stage-settings.js';
import { Story } from './story.js';

/** Failures that a person can do something about; their messages say what, and a stack would bury it. */
const EXPLAINED = [UsageError, ChildFailed, NoTemporal];

const EXIT = { proven: 0, disproved: 1, misused: 2, interrupted: 130 } as const;

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const terminal = new Terminal();
const stopping = new AbortController();
const hurrying = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, interrupt);
}
whenNpmEnds(() => stopping.abort(new Interrupted()));

try {
  process.exitCode = await demo(actsFrom(process.argv.slice(2)));
} catch (error) {
  process.exitCode = explain(error);
}

async function demo(acts: readonly number[]): Promise<number> {
  // For TEMPORAL_CLI_PATH; the stage takes nothing else from it.
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-demo-'));
  const processes = new Processes((failure) => stopping.abort(failure));
  const story = new Story(terminal);
  const since = performance.now();
  let code: number;
  let verdict = '';
  try {
    terminal.say('Starting a system of its own on free ports; one that is running here is left alone.');
    const settings = await stageSettings(folder);
    const stage = await Stage.open({ settings, folder, processes, terminal, stopping });
    try {
      await Promise.race([play({ acts, stage, story, stopping: stopping.signal }), interrupted()]);
    } finally {
      await stage.close();
    }
    code = story.proven ? EXIT.proven : EXIT.disproved;
    verdict = `${story.verdict} It took ${seconds(performance.now() - since)}.`;
  } catch (error) {
    code = explain(error);
  }
  terminal.say('\nStopping everything …');
  await processes.stop(hurrying.signal);
  if (code === EXIT.disproved) terminal.say(`What each program wrote is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  terminal.say(verdict || 'Stopped.');
  return code;
}

/** An act may be in the middle of starting something; the end does not wait for it. */
async function interrupted(): Promise<never> {
  await once(stopping.signal, 'abort');
  throw stopping.signal.reason;
}

/** The first Ctrl-C stops, the second hurries. */
function interrupt(): void {
  if (stopping.signal.aborted) hurrying.abort();
  else stopping.abort(new Interrupted());
}

/** Says why the demo could not go on. @returns the exit code */
function explain(error: unknown): number {
  // What an abort interrupts fails in ways of its own; its reason is what happened.
  const reason: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
  if (reason instanceof Interrupted) {
    terminal.say('\nInterrupted.');
    return EXIT.interrupted;
  }
  const known = EXPLAINED.some((kind) => reason instanceof kind);
  terminal.say(`\n${reason instanceof Error ? (known ? reason.message : reason.stack) : String(reason)}`);
  return reason instanceof UsageError ? EXIT.misused : EXIT.disproved;
}
