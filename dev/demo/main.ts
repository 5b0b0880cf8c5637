/** `npm run demo`: what this product claims, shown on a stack of its own, in ten acts. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerHelp } from '#libs/config/help';

import { EXIT, explainEnd } from '../command/explain.js';
import { listenForInterruption } from '../command/interruption.js';
import { PROJECT_ROOT } from '../build/project.js';
import { seconds, Terminal } from '../command/terminal.js';
import { actsFrom, USAGE } from './demo-arguments.js';
import { play } from './play.js';
import { Processes } from './processes.js';
import { Stage } from './stage.js';
import { stageSettings } from './stage-settings.js';
import { Story } from './story.js';

answerHelp(USAGE);
const terminal = new Terminal();
const { stopping, hurry, stopped } = listenForInterruption();
const explain = (error: unknown) => explainEnd(error, stopping.signal, terminal);

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
      // An act may be in the middle of starting something; the end does not wait for it.
      await Promise.race([play({ acts, stage, story, stopping: stopping.signal }), stopped()]);
    } finally {
      await stage.close();
    }
    code = story.proven ? EXIT.done : EXIT.failed;
    verdict = `${story.verdict} It took ${seconds(performance.now() - since)}.`;
  } catch (error) {
    code = explain(error);
  }
  terminal.say('\nStopping everything …');
  await processes.stop(hurry);
  if (code === EXIT.failed) terminal.say(`What each program wrote is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  terminal.say(verdict || 'Stopped.');
  return code;
}
