import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  FULFILMENT,
  IllegalTransition,
  INITIAL_STATE,
  isEnd,
  ORDER_STATUSES,
  type OrderState,
  PAYMENT,
  STATUS,
  transition,
} from './states.js';

/** The rules as they are agreed, each line `from → to`; written here a second time on purpose. */
const RULES = {
  status: `
    pending → confirmed, rejected
    pending, confirmed → cancelling
    cancelling → cancelled, shipped
    confirmed → shipped
    confirmed, shipped, cancelling → delivered
    confirmed, shipped, cancelling → undelivered`,
  payment: `
    none → not_required
    none, declined, authorizing → requires_action, processing, authorized, captured
    declined → authorizing
    none, authorizing → declined
    requires_action → processing, authorized, captured, declined
    processing → authorized, captured, declined
    none, requires_action, processing, declined, authorizing, authorized → voided
    authorized → captured
    captured → partially_refunded, refunded
    partially_refunded → captured, refunded
    refunded → captured, partially_refunded`,
  fulfilment: `
    none → reserved
    reserved → released, ready
    ready → reserved
    ready → shipped, delivered, returned, lost
    shipped → delivered, returned, lost
    delivered → returned
    lost → delivered, returned`,
} as const;

type Field = keyof typeof RULES;
const TABLES: Readonly<Record<Field, Readonly<Record<string, readonly string[]>>>> = {
  status: STATUS,
  payment: PAYMENT,
  fulfilment: FULFILMENT,
};
const FIELDS = Object.keys(RULES) as Field[];

const arrows = (rules: string) =>
  rules
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [from = '', to = ''] = line.split('→');
      const names = (text: string) => text.split(',').map((name) => name.trim());
      return names(from).flatMap((a) => names(to).map((b) => `${a} → ${b}`));
    })
    .sort();

const legal = Object.fromEntries(FIELDS.map((field) => [field, new Set(arrows(RULES[field]))]));
const state = fc.record({
  status: fc.constantFrom(...ORDER_STATUSES),
  payment: fc.constantFrom(...(Object.keys(PAYMENT) as (keyof typeof PAYMENT)[])),
  fulfilment: fc.constantFrom(...(Object.keys(FULFILMENT) as (keyof typeof FULFILMENT)[])),
}) satisfies fc.Arbitrary<OrderState>;

describe.each(FIELDS)('%s', (field) => {
  it('may change as the rules allow, and in no other way', () => {
    const table = Object.entries(TABLES[field]).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`));
    expect(table.sort()).toEqual(arrows(RULES[field]));
  });

  it('is refused every move the rules do not have, and granted every one they have', () => {
    const names = Object.keys(TABLES[field]);
    for (const from of names) {
      for (const to of names.filter((name) => name !== from)) {
        const move = () => transition({ ...INITIAL_STATE, [field]: from }, { [field]: to });
        if (legal[field]?.has(`${from} → ${to}`)) expect(move()).toEqual({ [field]: to });
        else expect(move, `${from} → ${to}`).toThrow(IllegalTransition);
      }
    }
  });
});

describe('an end', () => {
  it('is one of four, and final', () => {
    const ends = ORDER_STATUSES.filter((status) => isEnd(status));
    expect(ends.sort()).toEqual(['cancelled', 'delivered', 'rejected', 'undelivered']);
    for (const end of ends) expect(STATUS[end]).toEqual([]);
  });

  it('can be reached from every status', () => {
    const leads = (status: (typeof ORDER_STATUSES)[number], seen: readonly string[] = []): boolean =>
      isEnd(status) || STATUS[status].some((next) => !seen.includes(next) && leads(next, [...seen, status]));
    expect(ORDER_STATUSES.filter((status) => !leads(status))).toEqual([]);
  });
});

describe('a transition', () => {
  it('answers only what differs; to stay is to change nothing', () => {
    expect(transition(INITIAL_STATE, INITIAL_STATE)).toEqual({});
    expect(transition(INITIAL_STATE, {})).toEqual({});
    expect(
      transition(INITIAL_STATE, { status: 'confirmed', payment: 'captured', fulfilment: 'none' }),
    ).toEqual({ status: 'confirmed', payment: 'captured' });
  });

  it('is refused as a whole when one of its changes is illegal', () => {
    expect(() => transition(INITIAL_STATE, { status: 'confirmed', fulfilment: 'shipped' })).toThrow(
      'fulfilment cannot go from none to shipped',
    );
  });

  it('is granted exactly when each of its changes is', () => {
    fc.assert(
      fc.property(state, state, (from, to) => {
        const moves = FIELDS.filter((field) => from[field] !== to[field]);
        const allowed = moves.every((field) => legal[field]?.has(`${from[field]} → ${to[field]}`));
        if (allowed) expect(Object.keys(transition(from, to)).sort()).toEqual([...moves].sort());
        else expect(() => transition(from, to)).toThrow(IllegalTransition);
      }),
      { numRuns: 500 },
    );
  });
});
