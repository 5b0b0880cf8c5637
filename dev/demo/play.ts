import { ACTS } from './acts.js';
import { close } from './closing.js';
import type { Placed } from './evidence.js';
import { Scene } from './scene.js';
import type { Stage } from './stage.js';
import type { Story } from './story.js';

export interface Evening {
  /** Numbers, from 1. */
  readonly acts: readonly number[];
  readonly stage: Stage;
  readonly story: Story;
  readonly stopping: AbortSignal;
}

/**
 * Plays the acts one after the other, each on a stage set for it, and closes the books. An act that cannot be
 * played to its end is a claim that does not hold, and the next one is played all the same.
 *
 * @throws the reason of the abort
 */
export async function play({ acts, stage, story, stopping }: Evening): Promise<void> {
  const placed: Placed[] = [];
  for (const number of acts) {
    const act = ACTS[number - 1];
    if (!act) throw new RangeError(`there is no act ${number}`);
    story.opens(`Act ${number}: ${act.title}`, act.tells);
    const scene = new Scene(stage, story, number, act.purchase, stopping);
    try {
      await stage.prepare(act.rules ?? {}, (text) => story.says(text));
      await act.run(scene);
    } catch (error) {
      stopping.throwIfAborted();
      story.claims(
        'The act was played to its end',
        false,
        error instanceof Error ? error.message : String(error),
      );
    }
    placed.push(...scene.placed);
  }
  await close(stage, story, placed);
}
