export interface ModelSettings {
  readonly runs: number;
  /** Decides every random draw. */
  readonly seed: number;
  /** The run to begin with, as a failure names it; undefined for the first. */
  readonly path: string | undefined;
  /** How often a run that failed, or the one run of a path, is played again. */
  readonly times: number;
}

/** The runs that are played one after the other, on a system of their own. */
export type ShardSettings = ModelSettings;

/** How many runs `npm run test:deep` makes, and what they are drawn from: a run that fails does so again. */
const USUAL_RUNS = 50;
const USUAL_SEED = 1;
/** How often a run that failed is played again. */
const USUAL_TIMES = 5;
/** How many are played at once, where there are enough: much of a run is waiting. */
const SHARDS = 3;
/** For how many runs a shard is opened. */
const RUNS_OF_A_SHARD = 17;

/** The options of `npm run test:model`; see dev/model-test.ts. */
export function modelSettings(env: NodeJS.ProcessEnv = process.env): ModelSettings {
  return {
    runs: Number(env['MODEL_RUNS'] ?? USUAL_RUNS),
    seed: Number(env['MODEL_SEED'] ?? USUAL_SEED),
    path: env['MODEL_PATH'],
    times: Number(env['MODEL_TIMES'] ?? USUAL_TIMES),
  };
}

/** Distributes the runs to shards, each with its own seed; repeated runs stay in one shard. */
export function shardsFor({ runs, seed, path, times }: ModelSettings): ShardSettings[] {
  const shards = path === undefined ? Math.min(SHARDS, Math.ceil(runs / RUNS_OF_A_SHARD)) : 1;
  return Array.from({ length: shards }, (_, shard) => ({
    runs: Math.floor((runs + shard) / shards),
    seed: seed + shard,
    path,
    times,
  }));
}
