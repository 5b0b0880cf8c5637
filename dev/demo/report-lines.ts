import type { OrderView } from '#libs/contracts/http/order-view.api';

import { seconds } from '../terminal/terminal.js';
import type { OrderEvent } from '../clients/shop.js';

export type Wait = NonNullable<OrderView['waitingFor']>;

const TYPE_WIDTH = 26;
/** What a person does not need: ids, minor units, the source of an event. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'event',
  'intent',
  'refund',
  'attention',
  'differences',
  'amount',
  'source',
]);
const UNITS = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
] as const;

/** A line of the audit trail: `payment.captured        status confirmed, payment captured`. */
export function eventLine({ type, changes }: OrderEvent): string {
  const shown = Object.entries(changes)
    .filter(([name, value]) => !LEFT_OUT.has(name) && value !== null)
    .map(([name, value]) => `${name} ${text(value)}`);
  return `${type.padEnd(TYPE_WIDTH)}${shown.join(', ')}`.trimEnd();
}

/** What an order waits for, from its `waitingFor`. @param now epoch milliseconds */
export function waitLine({ step, attempt, lastError, nextTryAt, deadline }: Wait, now: number): string {
  const until = (time: string) => span(Date.parse(time) - now);
  if (lastError !== null) {
    const next = nextTryAt === null ? 'none is left' : `next try in ${until(nextTryAt)}`;
    return `waits in ${step}: ${lastError}, attempt ${attempt} failed, ${next}`;
  }
  return `waits in ${step}${deadline === null ? '' : `, for ${until(deadline)} at most`}`;
}

function span(ms: number): string {
  const fitting = UNITS.find((one) => ms >= one.ms);
  return fitting ? `${Math.round(ms / fitting.ms)} ${fitting.unit}` : seconds(Math.max(ms, 0));
}

function text(value: unknown): string {
  const moved = typeof value === 'object' && value !== null && 'to' in value;
  const current = moved ? value.to : value;
  return typeof current === 'string' ? current : JSON.stringify(current);
}
