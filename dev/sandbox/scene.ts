import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Response } from 'express';

import type { Answer, Outcome } from './answer.js';
import type { FaultName, Strike } from './faults.js';

/** A call of an operation, in the parts that a fault can mix up. */
export interface Scene {
  /** Does the work, all at once, and says what it came to. */
  readonly work: () => Answer;
  readonly serverError: () => Answer;
  readonly rateLimited: () => Answer;
  readonly refusal: () => Answer;
}

interface Stage {
  readonly scene: Scene;
  readonly delay: number;
  readonly response: Response;
  /** Fires when the sandbox closes. */
  readonly closing: AbortSignal;
}

const PLAYS: Readonly<Record<FaultName, (stage: Stage) => Promise<Outcome> | Outcome>> = {
  slow: async ({ scene, delay, closing }) => {
    try {
      await sleep(delay, undefined, { signal: closing });
    } catch {
      return 'hang up';
    }
    return scene.work();
  },
  500: ({ scene }) => scene.serverError(),
  429: ({ scene }) => scene.rateLimited(),
  never: async ({ response }): Promise<Outcome> => {
    if (!response.destroyed) await once(response, 'close');
    return 'hang up';
  },
  drop_before: () => 'hang up',
  drop_after: ({ scene }) => {
    scene.work();
    return 'hang up';
  },
  refuse: ({ scene }) => scene.refusal(),
};

/** Plays a call to its outcome, with the fault that strikes it, if one does. Nothing stops for a caller who leaves. */
export async function play(
  scene: Scene,
  strike: Strike | undefined,
  setting: { response: Response; closing: AbortSignal },
): Promise<Outcome> {
  if (!strike) return scene.work();
  return PLAYS[strike.fault]({ scene, delay: strike.delay, ...setting });
}
