import { randomInt } from 'node:crypto';

export interface ModelSettings {
  readonly runs: number;
  /** Decides everything that is drawn. */
  readonly seed: number;
  /** The run to begin with, as a failure names it; undefined for the first. */
  readonly path: string | undefined;
}

/** How many runs a test of everything makes. */
const USUAL_RUNS = 30;

/** What `npm run test:model` was asked for; see main.mjs. */
export function modelSettings(env: NodeJS.ProcessEnv = process.env): ModelSettings {
  return {
    runs: Number(env['MODEL_RUNS'] ?? USUAL_RUNS),
    seed: Number(env['MODEL_SEED'] ?? randomInt(2 ** 31)),
    path: env['MODEL_PATH'],
  };
}
