import type { Model } from './model.js';
import type { ModelSettings } from './model-settings.js';
import type { Real } from './real.js';

/** What there is to know of a run that failed: what was done, and what became of each order. */
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

/** How to have runs again: all, or those from `path` on. */
export function howToRepeat({ runs, seed, path }: ModelSettings): string {
  const from = path === undefined ? '' : ` --path ${path}`;
  return `To repeat it: npm run test:model -- --runs ${runs} --seed ${seed}${from}`;
}
