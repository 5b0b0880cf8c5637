import type { LedgerKind } from '../ledger/ledger.js';

/** How the gateway's books and ours can differ. */
export const DISCREPANCY_KINDS = [
  /** Money at the gateway that belongs to no order. */
  'unknown_charge',
  /** Money of an order that had a run and is not in the database: a restore has lost it. */
  'unknown_order',
  /** An order's money that the gateway does not have. */
  'missing_charge',
  'amount_differs',
  /** A refund at the gateway that is not in our books: made there by hand. */
  'unknown_refund',
  /** A refund in our books that the gateway does not have. */
  'missing_refund',
  'dispute_differs',
] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

/** Where the books differ. Amounts are gross, in minor units: ours, and the gateway's. */
export interface Difference {
  readonly kind: DiscrepancyKind;
  /** The gateway's object, or our refund where the gateway has none. */
  readonly objectId: string;
  readonly expected: number;
  readonly found: number;
}

/** An order's money in our books, in minor units. */
export interface BookedMoney {
  readonly intentId: string | null;
  readonly captured: number;
  readonly refunds: readonly {
    /** Ours. */
    readonly id: string;
    readonly providerId: string | null;
    readonly amount: number;
    readonly state: 'requested' | 'pending' | 'succeeded' | 'failed';
  }[];
  /** Refunds made at the gateway by hand that an operator adopted; by the gateway's ids. */
  readonly adopted: readonly { readonly objectId: string; readonly amount: number }[];
  /** What disputes have taken and not returned; by the gateway's ids. */
  readonly withheld: readonly { readonly objectId: string; readonly amount: number }[];
}

/** An intent's money in the gateway's books, in minor units. */
export interface GatewayMoney {
  readonly intentId: string;
  /** Upper case. */
  readonly currency: string;
  /** The order that the intent was made for, if its metadata names one. */
  readonly orderId: string | null;
  readonly captured: number;
  readonly refunds: readonly {
    readonly id: string;
    /** Ours, from its metadata. */
    readonly refundId: string | null;
    readonly amount: number;
    readonly status: 'pending' | 'succeeded' | 'failed';
  }[];
  readonly withheld: readonly { readonly objectId: string; readonly amount: number }[];
}

/** Where an order's books differ from the gateway's; `found` is null when the gateway has no such intent. */
export function compareMoney(booked: BookedMoney, found: GatewayMoney | null): Difference[] {
  return [
    ...compareCharge(booked, found?.captured ?? 0),
    ...compareRefunds(booked, found?.refunds ?? []),
    ...compareWithheld(booked.withheld, found?.withheld ?? []),
  ];
}

function compareCharge({ intentId, captured }: BookedMoney, found: number): Difference[] {
  if (intentId === null || captured === found) return [];
  const kind = found === 0 ? 'missing_charge' : 'amount_differs';
  return [{ kind, objectId: intentId, expected: captured, found }];
}

/** A refund that failed moved no money in the end: both sides ignore it. */
function compareRefunds(booked: BookedMoney, found: GatewayMoney['refunds']): Difference[] {
  const unclaimed = new Map(found.filter(({ status }) => status !== 'failed').map((each) => [each.id, each]));
  const differences: Difference[] = [];
  const claim = (
    objectId: string,
    expected: number,
    refund: GatewayMoney['refunds'][number] | undefined,
  ): void => {
    if (refund) unclaimed.delete(refund.id);
    if (!refund) differences.push({ kind: 'missing_refund', objectId, expected, found: 0 });
    else if (refund.amount !== expected)
      differences.push({ kind: 'amount_differs', objectId: refund.id, expected, found: refund.amount });
  };
  for (const { id, providerId, amount, state } of booked.refunds) {
    const same =
      unclaimed.get(providerId ?? '') ?? [...unclaimed.values()].find(({ refundId }) => refundId === id);
    if (state === 'pending' || state === 'succeeded') claim(id, amount, same);
    // Booked before the call to the gateway: the refund's own run finds out whether that was made.
    else if (state === 'requested' && same) claim(id, amount, same);
  }
  for (const { objectId, amount } of booked.adopted) claim(objectId, amount, unclaimed.get(objectId));
  for (const { id, amount } of unclaimed.values())
    differences.push({ kind: 'unknown_refund', objectId: id, expected: 0, found: amount });
  return differences;
}

function compareWithheld(booked: BookedMoney['withheld'], found: GatewayMoney['withheld']): Difference[] {
  const ids = new Set([...booked, ...found].map(({ objectId }) => objectId));
  const sum = (side: BookedMoney['withheld'], id: string) =>
    side.filter(({ objectId }) => objectId === id).reduce((total, { amount }) => total + amount, 0);
  return [...ids].flatMap((objectId) => {
    const difference = { expected: sum(booked, objectId), found: sum(found, objectId) };
    return difference.expected === difference.found
      ? []
      : [{ kind: 'dispute_differs' as const, objectId, ...difference }];
  });
}

/** The kinds of movements on the gateway's account. */
export type MovementKind =
  'charge' | 'charge_reversal' | 'refund' | 'refund_failure' | 'dispute' | 'dispute_reversal';

export interface Movement {
  readonly kind: MovementKind;
  readonly at: Date;
  readonly intentId: string;
  /** The gateway's charge, refund or dispute. */
  readonly objectId: string;
  /** The order that the intent names. */
  readonly orderId: string | null;
  /** Ours, of a refund that names it. */
  readonly refundId: string | null;
  /** Minor units, without sign or fee. */
  readonly amount: number;
}

/** What was booked about money at the gateway. */
export interface Fact {
  readonly kind: LedgerKind;
  readonly at: Date;
  readonly orderId: string;
  readonly objectId: string;
  readonly amount: number;
}

/** The facts that move the account `gateway`; memos and promises have no counterpart there. */
export const GATEWAY_FACTS = [
  'captured',
  'refund_succeeded',
  'refund_adopted',
  'refund_reversed',
  'dispute_withdrawn',
  'dispute_reinstated',
] as const satisfies readonly LedgerKind[];

type Name = readonly [LedgerKind, string | null];

/** The facts that a movement may be booked as. One without any is always investigated. */
const BOOKED_AS: Readonly<Record<MovementKind, (movement: Movement) => readonly Name[]>> = {
  charge: ({ intentId }) => [['captured', intentId]],
  charge_reversal: () => [],
  refund: ({ refundId, objectId }) => [
    ['refund_succeeded', refundId],
    ['refund_adopted', objectId],
  ],
  refund_failure: ({ refundId }) => [['refund_reversed', refundId]],
  dispute: ({ objectId }) => [['dispute_withdrawn', objectId]],
  dispute_reversal: ({ objectId }) => [['dispute_reinstated', objectId]],
};

const nameOf = (kind: LedgerKind, objectId: string | null, amount: number) => `${kind} ${objectId} ${amount}`;

/** Money without a counterpart on the other side, to be investigated: a hint, not yet a difference. */
export interface UnmatchedMoney {
  readonly intents: ReadonlySet<string>;
  readonly orders: ReadonlySet<string>;
}

/** A span of time, the end not included. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Matches what moved at the gateway within `span` with what was booked, both ways. Counterparts may lie outside
 * of it: movements and facts from some time before and after are to be given, too.
 */
export function unmatchedMoney(
  span: Span,
  movements: readonly Movement[],
  facts: readonly Fact[],
): UnmatchedMoney {
  const within = ({ at }: { readonly at: Date }) => span.from <= at && at < span.to;
  const booked = new Set(facts.map(({ kind, objectId, amount }) => nameOf(kind, objectId, amount)));
  const names = (movement: Movement) =>
    BOOKED_AS[movement.kind](movement).map(([kind, objectId]) => nameOf(kind, objectId, movement.amount));
  const moved = new Set(movements.flatMap(names));
  return {
    intents: new Set(
      movements
        .filter(within)
        .filter((movement) => !names(movement).some((name) => booked.has(name)))
        .map(({ intentId }) => intentId),
    ),
    orders: new Set(
      facts
        .filter(within)
        .filter(({ kind, objectId, amount }) => !moved.has(nameOf(kind, objectId, amount)))
        .map(({ orderId }) => orderId),
    ),
  };
}
