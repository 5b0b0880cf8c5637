import type { OptionValues } from '#libs/command/command-line';
import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { ExplainedError } from '#libs/explained-error';
import { lazyClient } from '#libs/temporal/connection';
import { temporalFailureSentence } from '#libs/temporal/temporal-failure';

import { installQuietRuntime } from './replay/quiet-runtime.js';
import { NOT_CHECKED, REPLAY_LIVE, replayedText, WOULD_BREAK } from './replay/replay-command.js';
import { replayLive } from './replay/replay-live.js';
import { workflowCode } from './workflow-code.js';

class NoBundle extends ExplainedError {
  override readonly name = 'NoBundle';
}

/** Replays what is going on with this build's code: `npm run replay-live`. @returns the exit code */
async function run({ sample }: OptionValues<typeof REPLAY_LIVE.options>): Promise<number> {
  const { temporal } = environmentFor(['temporal']);
  const { workflowBundle } = workflowCode();
  if (workflowBundle === undefined)
    throw new NoBundle('There is no workflow bundle: npm run build makes it.');
  installQuietRuntime();
  const client = lazyClient(temporal);
  try {
    const replayed = await replayLive(client, sample, workflowBundle);
    console.log(replayedText(replayed));
    return replayed.broken.length === 0 ? 0 : WOULD_BREAK;
  } catch (error) {
    const sentence = temporalFailureSentence(error, temporal.TEMPORAL_ADDRESS);
    if (sentence === undefined) throw error;
    console.error(sentence);
    return NOT_CHECKED;
  } finally {
    await client.connection.close();
  }
}

await runCommand(REPLAY_LIVE, ({ options }) => run(options));
