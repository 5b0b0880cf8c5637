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
export type LaneSettings = ModelSettings;

/** How many runs `npm run test:deep` makes, and what they are drawn from: a run that fails does so again. */
const USUAL_RUNS = 50;
const USUAL_SEED = 1;
/** How often a run that failed is played again. */
const USUAL_TIMES = 5;
/** How many are played at once, where there are enough: much of a run is waiting. */
const LANES = 3;
/** For how many runs a lane is opened. */
const FOR_A_LANE = 17;

/** The options of `npm run test:model`; see dev/model-test.ts. */
export function modelSettings(env: NodeJS.ProcessEnv = process.env): ModelSettings {
  return {
    runs: Number(env['MODEL_RUNS'] ?? USUAL_RUNS),
    seed: Number(env['MODEL_SEED'] ?? USUAL_SEED),
    path: env['MODEL_PATH'],
    times: Number(env['MODEL_TIMES'] ?? USUAL_TIMES),
  };
}

/** Distributes the runs to lanes, each with its own seed; repeated runs stay in one lane. */
export function lanesFor({ runs, seed, path, times }: ModelSettings): LaneSettings[] {
  const lanes = path === undefined ? Math.min(LANES, Math.ceil(runs / FOR_A_LANE)) : 1;
  return Array.from({ length: lanes }, (_, lane) => ({
    runs: Math.floor((runs + lane) / lanes),
    seed: seed + lane,
    path,
    times,
  }));
}
