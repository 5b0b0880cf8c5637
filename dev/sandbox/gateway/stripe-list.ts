import type { Paging } from './parameters.js';
import { StripeProblem } from './stripe-problem.js';

export interface StripeList<T> {
  readonly object: 'list';
  readonly url: string;
  readonly has_more: boolean;
  readonly data: readonly T[];
}

/** One page of a list, newest first (docs.stripe.com/api/pagination). */
export function stripeList<T extends { id: string; created: number }>(
  url: string,
  newestFirst: readonly T[],
  { created = {}, limit, starting_after, ending_before }: Paging,
): StripeList<T> {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = created;
  const inRange = newestFirst.filter(({ created: at }) => at > gt && at >= gte && at < lt && at <= lte);
  if (ending_before !== undefined) {
    const before = inRange.slice(0, indexOf(inRange, ending_before, 'ending_before'));
    return { object: 'list', url, has_more: before.length > limit, data: before.slice(-limit) };
  }
  const from = starting_after === undefined ? 0 : indexOf(inRange, starting_after, 'starting_after') + 1;
  const after = inRange.slice(from);
  return { object: 'list', url, has_more: after.length > limit, data: after.slice(0, limit) };
}

/** Whether a record has each of the requested values. */
export function matches<T extends object>(wanted: { readonly [K in keyof T]?: unknown }) {
  const conditions = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return (record: T): boolean => {
    const has = new Map(Object.entries(record));
    return conditions.every(([name, value]) => has.get(name) === value);
  };
}

function indexOf(records: readonly { id: string }[], id: string, param: string): number {
  const index = records.findIndex((record) => record.id === id);
  if (index < 0) throw new StripeProblem('unknown_reference', `No such object: '${id}'`, { param });
  return index;
}
