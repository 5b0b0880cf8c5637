import type { Model } from './model.js';
import type { Real } from './real.js';

/** Describes a run that failed: its commands, and the outcome of each order. */
export async function describeRun(model: Model, { system }: Real): Promise<string> {
  const orders = await Promise.all(
    model.orders.map(async ({ id, number }) => {
      const { status, payment, fulfilment, closedAt, attention } = await system.store.orders.get(id);
      const events = await system.store.orders.events(id);
      const refunds = await system.store.refunds.ofOrder(id);
      return [
        `  ${number} ${id}: ${status}, ${payment}, ${fulfilment}, ${closedAt === null ? 'open' : 'closed'}`,
        ...attention.map(({ kind, step, reason }) => `    waits for a person: ${kind} at ${step}, ${reason}`),
        ...refunds.map(
          (refund) => `    refund ${refund.id} of ${refund.amount}: ${refund.state}, ${refund.reason}`,
        ),
        ...events.map(({ at, type, actor }) => `    ${at} ${type} (${actor})`),
        ...errorsOf(id, system.log).map((line) => `    ${line}`),
      ].join('\n');
    }),
  );
  return [
    'What was done:',
    ...model.done.map((words, index) => `  ${index + 1}. ${words}`),
    'What became of it:',
    ...orders,
  ].join('\n');
}

/** What the processes logged as errors about an order, the last of it. */
const errorsOf = (id: string, log: readonly string[]) =>
  log.filter((line) => line.includes(id) && line.includes('"level":50')).slice(-3);

/** How to repeat runs, from `path` on. */
export function howToRepeat({ seed, path }: { seed: number; path: string }, runs = 1): string {
  return `To repeat it: npm run test:model -- --seed ${seed} --path ${path}${runs === 1 ? '' : ` --runs ${runs}`}`;
}

/** How likely a run fails again, from its repetitions. */
export function saidOfRepeats(failed: number, played: number): string {
  const seen = `Played ${played} times more, each time on a new system, it failed ${failed} times.`;
  if (failed === played) return seen;
  return `${seen} What it draws is the same each time; how fast each process is, is not. A moment of it that matters can be held: a line in test/model/commands/stand-still.ts.`;
}
