import type {
  DecisionActivities,
  EmailActivities,
  StepActivities,
} from '#libs/contracts/workflows/activities';

import { eventually } from './eventually.js';
import type { System } from './system.js';

type Call =
  | `StripeGateway.${'createIntent' | 'confirmIntent' | 'captureIntent' | 'cancelIntent' | 'createRefund'}`
  | `CarrierClient.${'createShipment' | 'cancelShipment'}`
  | 'SmtpMailer.send';

/** Where a worker dies in an attempt at an activity. */
export interface KillPoint {
  readonly activity: keyof StepActivities | keyof EmailActivities | keyof DecisionActivities;
  readonly moment:
    /** Nothing is done. */
    | 'before'
    /** The database has answered a first question, or has committed a first statement. */
    | 'read'
    | 'written'
    /** A call is journalled and has not left, or was answered and the answer is not recorded. */
    | `${'leaving' | 'answered'} ${Call}`
    /** Everything is done, and not reported to Temporal. */
    | 'after';
}

const WHEN: Readonly<Record<string, string>> = {
  before: 'before anything was done',
  read: 'after a first question to the database',
  written: 'after a first statement was committed',
  leaving: 'with a call journalled and not made',
  answered: 'with a call made and its answer not recorded',
  after: 'when all was done and Temporal had not heard of it',
};

/** Describes the point in words. */
export function whereabouts({ activity, moment }: KillPoint): string {
  const [when = '', call] = moment.split(' ');
  return `in ${activity}, ${WHEN[when]}${call === undefined ? '' : ` (${call})`}`;
}

/** What a worker's process is started with, so that it can be held at a point. */
export const HOOK = new URL('./kill-point.mjs', import.meta.url).href;
/**
 * Milliseconds, from the start of the worker, in which every order must have reached its point: fewer than an
 * attempt at a decision may take.
 */
const GATHERING = 25_000;

/**
 * Places orders while no worker runs, lets a worker take each to its own point, kills that worker with SIGKILL
 * when all are there, and starts another. Anything else in flight then is a workflow task, which does nothing
 * outside.
 *
 * @param drive does for an order what must happen outside before it reaches its point
 * @returns the orders' ids, in the order of their points
 */
export async function killAt(
  system: System,
  points: readonly KillPoint[],
  { place, drive }: { place: Record<string, unknown>; drive?: (id: string) => Promise<void> },
): Promise<string[]> {
  await system.stop('worker');
  const ids: string[] = [];
  const plan: Record<string, KillPoint> = {};
  for (const { activity, moment } of points) {
    const { id } = await system.place(place);
    ids.push(id);
    plan[id] = { activity, moment };
  }
  await system.startWorker({ NODE_OPTIONS: `--import=${HOOK}`, KILL_POINTS: JSON.stringify(plan) });
  const gathered = eventually(
    () => points.filter((_, index) => !system.log.includes(`held at its point: ${ids[index]}`)),
    (missing) => missing.length === 0,
    GATHERING,
  );
  await Promise.all([gathered, ...ids.map(async (id) => drive?.(id))]);
  await system.kill('worker');
  await system.startWorker();
  return ids;
}
