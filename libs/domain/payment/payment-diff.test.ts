import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ACCOUNTS, type IntentState, LEDGER_RULES, type Posting } from '../ledger/ledger.js';
import {
  verifiedSnapshot,
  isTooLateToPay,
  type BookedPayment,
  paymentDifferences,
  type PaymentDifference,
  type PaymentSnapshot,
  type ProviderDispute,
  type ProviderIntent,
  type ProviderRefund,
} from './payment-diff.js';
import type { RefundState } from '../refund/refund.js';
import { ORDER_STATUSES } from '../order/states.js';

const TOTAL = 3980;
const INTENT = 'pi_1';

const booksWith = (changes: Partial<BookedPayment> = {}): BookedPayment => ({
  intentStatus: null,
  holdDated: false,
  posted: [],
  refunds: [],
  disputes: [],
  ...changes,
});

const providerIntent = (
  status: ProviderIntent['status'],
  changes: Partial<ProviderIntent> = {},
): ProviderIntent => ({
  id: INTENT,
  status,
  declineCode: null,
  holdUntil: null,
  orderId: 'order-1',
  currency: 'EUR',
  amount: TOTAL,
  received: status === 'captured' ? TOTAL : 0,
  held: status === 'authorized' ? TOTAL : 0,
  ...changes,
});

const snapshotOf = (
  status: PaymentSnapshot['intent']['status'],
  changes: Partial<PaymentSnapshot> = {},
): PaymentSnapshot => ({
  intent: providerIntent(status),
  refunds: [],
  disputes: [],
  ...changes,
});

const posting = (kind: Posting['kind'], objectId = INTENT, amount = TOTAL): Posting => ({
  kind,
  objectId,
  amount,
});

const providerRefund = (
  status: ProviderRefund['status'],
  changes: Partial<ProviderRefund> = {},
): ProviderRefund => ({
  id: 're_1',
  intentId: INTENT,
  refundId: 'r-1',
  currency: 'EUR',
  status,
  amount: 1000,
  failure: status === 'failed' ? 'expired_or_canceled_card' : null,
  ...changes,
});

const providerDispute = (status: string, changes: Partial<ProviderDispute> = {}): ProviderDispute => ({
  id: 'du_1',
  amount: TOTAL,
  currency: 'EUR',
  status,
  reason: 'fraudulent',
  openedAt: new Date(0),
  withdrawn: 0,
  reinstated: 0,
  outcome: 'open',
  ...changes,
});

const capturedBooks = (changes: Partial<BookedPayment> = {}) =>
  booksWith({ intentStatus: 'captured', posted: [posting('captured')], ...changes });

const capture = (amount: number) => posting('captured', INTENT, amount);

describe('what the provider shows of an intent', () => {
  it.each<[string, Partial<BookedPayment>, IntentState, Posting[]]>([
    ['a shopper who has to act', {}, 'requires_action', []],
    ['money that is under way', { intentStatus: 'requires_action' }, 'processing', []],
    ['a decline', { intentStatus: 'processing' }, 'declined', []],
    ['another attempt', { intentStatus: 'declined' }, 'requires_action', []],
    ['a hold', { intentStatus: 'requires_action' }, 'authorized', [posting('authorized')]],
    ['a payment', { intentStatus: 'declined' }, 'captured', [posting('captured')]],
    [
      'the capture of what was held',
      { intentStatus: 'authorized', posted: [posting('authorized')] },
      'captured',
      [posting('hold_released'), posting('captured')],
    ],
    ['a cancel before anything was paid', { intentStatus: 'processing' }, 'canceled', []],
    [
      'a hold that lapsed',
      { intentStatus: 'authorized', posted: [posting('authorized')] },
      'canceled',
      [posting('hold_released')],
    ],
  ])('is a difference when it is %s', (_, books, status, posts) => {
    expect(paymentDifferences(booksWith(books), snapshotOf(status))).toEqual([
      { about: 'intent', status, posts },
    ]);
  });

  it.each<[string, BookedPayment, PaymentSnapshot]>([
    ['nothing was tried', booksWith(), snapshotOf('unconfirmed')],
    ['it is in the books', capturedBooks(), snapshotOf('captured')],
    ['it is older than a capture', capturedBooks(), snapshotOf('authorized')],
    ['it is older than a hold', held({ holdDated: true }), snapshotOf('requires_action')],
    ['it contradicts a cancel', booksWith({ intentStatus: 'canceled' }), snapshotOf('captured')],
  ])('is no difference when %s', (_, books, snapshot) => {
    expect(paymentDifferences(books, snapshot)).toEqual([]);
  });

  it.each<[string, Partial<BookedPayment>, ProviderIntent, Posting[]]>([
    ['less than the order comes to', {}, providerIntent('captured', { received: 500 }), [capture(500)]],
    ['more', {}, providerIntent('captured', { received: 5000 }), [capture(5000)]],
    [
      'a part of what was held',
      { intentStatus: 'authorized', posted: [posting('authorized')] },
      providerIntent('captured', { received: 500 }),
      [posting('hold_released'), capture(500)],
    ],
    [
      'a hold of less',
      {},
      providerIntent('authorized', { held: 3000 }),
      [posting('authorized', INTENT, 3000)],
    ],
  ])('is booked as it was: %s', (_, books, intent, posts) => {
    const { status } = intent;
    expect(paymentDifferences(booksWith(books), snapshotOf(status, { intent }))).toEqual([
      { about: 'intent', status, posts },
    ]);
  });

  it('is a difference when it dates a hold that had no date', () => {
    const holdUntil = new Date(1);
    const dated = snapshotOf('authorized', {
      intent: providerIntent('authorized', { holdUntil }),
    });
    expect(paymentDifferences(held(), dated)).toEqual([{ about: 'intent', status: 'authorized', posts: [] }]);
    expect(paymentDifferences(held({ holdDated: true }), dated)).toEqual([]);
  });
});

function held(changes: Partial<BookedPayment> = {}): BookedPayment {
  return booksWith({ intentStatus: 'authorized', posted: [posting('authorized')], ...changes });
}

describe('what the provider shows of a refund', () => {
  const known = (state: RefundState) => capturedBooks({ refunds: [{ id: 'r-1', amount: 1000, state }] });

  it.each<[RefundState, ProviderRefund['status'], Posting['kind'] | null]>([
    ['requested', 'pending', null],
    ['requested', 'succeeded', 'refund_succeeded'],
    ['requested', 'failed', 'refund_failed'],
    ['pending', 'succeeded', 'refund_succeeded'],
    ['pending', 'failed', 'refund_failed'],
    ['succeeded', 'failed', 'refund_reversed'],
  ])('takes one that was %s to %s', (state, status, kind) => {
    const seen = providerRefund(status);
    expect(paymentDifferences(known(state), snapshotOf('captured', { refunds: [seen] }))).toEqual([
      { about: 'refund', refundId: 'r-1', seen, posts: kind ? [posting(kind, 'r-1', 1000)] : [] },
    ]);
  });

  it.each<[string, RefundState, ProviderRefund]>([
    ['is in the books', 'pending', providerRefund('pending')],
    ['is older than its success', 'succeeded', providerRefund('pending')],
    ['is older than its failure', 'failed', providerRefund('succeeded')],
    ['is of a refund made by hand', 'requested', providerRefund('succeeded', { refundId: null })],
    ['is of another service', 'requested', providerRefund('succeeded', { refundId: 'r-9' })],
    ['has another amount', 'requested', providerRefund('succeeded', { amount: 999 })],
  ])('is no difference when it %s', (_, state, seen) => {
    expect(paymentDifferences(known(state), snapshotOf('captured', { refunds: [seen] }))).toEqual([]);
  });

  it('takes the better of two that were made for one of ours', () => {
    const twice = [providerRefund('failed', { id: 're_2' }), providerRefund('succeeded')];
    expect(paymentDifferences(known('requested'), snapshotOf('captured', { refunds: twice }))).toMatchObject([
      { seen: { id: 're_1', status: 'succeeded' } },
    ]);
  });
});

describe('what the provider shows of a dispute', () => {
  const withdrawn = posting('dispute_withdrawn', 'du_1');
  const reinstated = posting('dispute_reinstated', 'du_1');
  const lost = posting('dispute_lost', 'du_1');
  const recovered = posting('dispute_recovered', 'du_1');

  it.each<[string, { status: string; posted: Posting[] } | null, ProviderDispute, Posting[]]>([
    ['an inquiry', null, providerDispute('warning_needs_response'), []],
    ['a dispute', null, providerDispute('needs_response', { withdrawn: TOTAL }), [withdrawn]],
    [
      'an inquiry that became a dispute',
      { status: 'warning_closed', posted: [] },
      providerDispute('needs_response', { withdrawn: TOTAL }),
      [withdrawn],
    ],
    [
      'one that was won',
      { status: 'under_review', posted: [withdrawn] },
      providerDispute('won', { withdrawn: TOTAL, reinstated: TOTAL, outcome: 'won' }),
      [reinstated],
    ],
    [
      'one that was lost',
      { status: 'needs_response', posted: [withdrawn] },
      providerDispute('lost', { withdrawn: TOTAL, outcome: 'lost' }),
      [lost],
    ],
    [
      'one that was not seen before it was lost',
      null,
      providerDispute('lost', { withdrawn: TOTAL, outcome: 'lost' }),
      [withdrawn, lost],
    ],
    [
      'one that was lost and is then won',
      { status: 'lost', posted: [withdrawn, lost] },
      providerDispute('won', { withdrawn: TOTAL, reinstated: TOTAL, outcome: 'won' }),
      [reinstated, recovered],
    ],
    [
      'the loss of one that the books have as won',
      { status: 'won', posted: [withdrawn, reinstated, lost] },
      providerDispute('won', { withdrawn: TOTAL, reinstated: TOTAL, outcome: 'won' }),
      [recovered],
    ],
    [
      'money that comes back after the end',
      { status: 'won', posted: [withdrawn] },
      providerDispute('won', { withdrawn: TOTAL, reinstated: TOTAL, outcome: 'won' }),
      [reinstated],
    ],
    ['a word that is new', { status: 'warning_closed', posted: [] }, providerDispute('on_the_moon'), []],
  ])('is a difference when it is %s', (_, known, seen, posts) => {
    const books = capturedBooks({
      posted: [posting('captured'), ...(known?.posted ?? [])],
      disputes: known ? [{ id: 'du_1', status: known.status }] : [],
    });
    expect(paymentDifferences(books, snapshotOf('captured', { disputes: [seen] }))).toEqual([
      { about: 'dispute', seen, isNew: known === null, isWithdrawnAgain: false, posts },
    ]);
  });

  describe('whose money was withdrawn, reinstated and withdrawn again', () => {
    const won = { status: 'won', outcome: 'won', withdrawn: TOTAL, reinstated: TOTAL } as const;
    const again = { withdrawn: 2 * TOTAL, reinstated: TOTAL } as const;
    const books = (...more: Posting[]) =>
      capturedBooks({
        posted: [posting('captured'), withdrawn, reinstated, ...more],
        disputes: [{ id: 'du_1', status: more.length > 0 ? 'needs_response' : 'won' }],
      });
    const differences = (booked: BookedPayment, seen: ProviderDispute) =>
      paymentDifferences(booked, snapshotOf('captured', { disputes: [seen] }));
    const second: Posting = { ...withdrawn, occurrence: 2 };

    it('is a difference, with the status that it has then', () => {
      const seen = providerDispute('needs_response', again);
      expect(differences(books(), seen)).toEqual([
        { about: 'dispute', seen, isNew: false, isWithdrawnAgain: true, posts: [second] },
      ]);
      expect(differences(books(second), seen)).toEqual([]);
    });

    it('is lost with what was withdrawn last, and won with what comes back', () => {
      const lostAgain = providerDispute('lost', { ...again, outcome: 'lost' });
      expect(differences(books(second), lostAgain)).toMatchObject([{ posts: [lost] }]);
      const wonAgain = providerDispute('won', { ...again, reinstated: 2 * TOTAL, outcome: 'won' });
      expect(differences(books(second), wonAgain)).toMatchObject([
        { posts: [{ ...reinstated, occurrence: 2 }] },
      ]);
    });

    it('is no difference in a snapshot from before', () => {
      expect(differences(books(second), providerDispute(won.status, won))).toEqual([]);
    });
  });

  it('is no difference when it is in the books, or older', () => {
    const books = capturedBooks({
      posted: [posting('captured'), withdrawn],
      disputes: [{ id: 'du_1', status: 'under_review' }],
    });
    for (const status of ['under_review', 'needs_response', 'warning_closed', 'on_the_moon']) {
      const seen = providerDispute(status, { withdrawn: TOTAL });
      expect(paymentDifferences(books, snapshotOf('captured', { disputes: [seen] }))).toEqual([]);
    }
  });
});

it('money is too late for an order that was compensated, and for no other', () => {
  expect(ORDER_STATUSES.filter(isTooLateToPay)).toEqual(['rejected', 'cancelled']);
});

describe('the books', () => {
  it('end the same for all true snapshots, in any order, however often', () => {
    fc.assert(
      fc.property(truths(), ({ shown, last, refunds }) => {
        const start = booksWith({
          refunds: refunds.map((id) => ({ id, amount: 1000, state: 'requested' })),
          posted: refunds.map((id) => posting('refund_requested', id, 1000)),
        });
        const books = shown.reduce(shownTo, start);
        expect(summary(books)).toEqual(summary(shownTo(start, last)));
        expect(paymentDifferences(books, last)).toEqual([]);
        const facts = books.posted.map(
          ({ kind, objectId, occurrence = 1 }) => `${kind} ${objectId} ${occurrence}`,
        );
        expect(facts).toEqual([...new Set(facts)]);
      }),
      { numRuns: 500 },
    );
  });
});

it('a dispute has lost what its bank keeps of it while it is lost, and nothing else', () => {
  fc.assert(
    fc.property(disputeLives(), (life) => {
      const start = capturedBooks({ posted: [posting('captured')] });
      life.reduce((books, seen) => {
        const after = shownTo(books, snapshotOf('captured', { disputes: [seen] }));
        const kept = seen.withdrawn - seen.reinstated;
        const losses = seen.outcome === 'lost' ? kept : 0;
        expect(summary(after).balances).toMatchObject({
          gateway: TOTAL - kept,
          customer_deposits: -TOTAL,
          dispute_losses: losses,
          disputes_receivable: kept - losses,
        });
        return after;
      }, start);
    }),
    { numRuns: 500 },
  );
});

/** Books after a snapshot; every fact of it is written by itself, the later ones from what is then in the books. */
function shownTo(books: BookedPayment, snapshot: PaymentSnapshot): BookedPayment {
  const [difference] = paymentDifferences(books, snapshot);
  return difference ? shownTo(written(books, difference), snapshot) : books;
}

function written(books: BookedPayment, difference: PaymentDifference): BookedPayment {
  const posted = [...books.posted, ...difference.posts];
  switch (difference.about) {
    case 'intent':
      return { ...books, posted, intentStatus: difference.status, holdDated: true };
    case 'refund': {
      const { refundId, seen } = difference;
      const refunds = books.refunds.map((each) =>
        each.id === refundId ? { ...each, state: seen.status } : each,
      );
      return { ...books, posted, refunds };
    }
    case 'dispute': {
      const others = books.disputes.filter(({ id }) => id !== difference.seen.id);
      return {
        ...books,
        posted,
        disputes: [...others, { id: difference.seen.id, status: difference.seen.status }],
      };
    }
  }
}

/** What an accountant compares: where the money is, and the state of each object. */
function summary({ intentStatus, refunds, disputes, posted }: BookedPayment) {
  const balance = (account: string) =>
    posted.reduce((sum, { kind, amount }) => {
      const { debit, credit } = LEDGER_RULES[kind];
      return sum + (debit === account ? amount : 0) - (credit === account ? amount : 0);
    }, 0);
  return {
    intentStatus,
    refunds,
    disputes: disputes.toSorted((a, b) => a.id.localeCompare(b.id)),
    balances: Object.fromEntries(ACCOUNTS.map((account) => [account, balance(account)])),
  };
}

/** A payment's life, as snapshots taken at any time of it, shown in any order and some of them again. */
function truths() {
  const intent = fc.oneof(
    fc
      .subarray(['declined', 'requires_action', 'processing', 'authorized'] as const)
      .map((way) => [...way, 'captured'] as const),
    fc
      .subarray(['declined', 'requires_action', 'processing', 'authorized'] as const)
      .map((way) => [...way, 'canceled'] as const),
  );
  const refund = fc.constantFrom<readonly ProviderRefund['status'][]>(
    [],
    ['pending'],
    ['pending', 'failed'],
    ['pending', 'succeeded'],
    ['succeeded'],
    ['succeeded', 'failed'],
    ['pending', 'succeeded', 'failed'],
  );
  const taken = { withdrawn: 900, amount: 900 };
  const open = providerDispute('needs_response', taken);
  const listed = fc.constantFrom<readonly ProviderDispute[]>(
    [],
    [providerDispute('warning_needs_response'), providerDispute('warning_closed', { outcome: 'won' })],
    [providerDispute('warning_needs_response'), providerDispute('needs_response'), open],
    [open, providerDispute('under_review', taken), providerDispute('lost', { ...taken, outcome: 'lost' })],
    [
      open,
      providerDispute('won', { ...taken, outcome: 'won' }),
      providerDispute('won', { ...taken, reinstated: 900, outcome: 'won' }),
    ],
    [
      open,
      providerDispute('won', { ...taken, reinstated: 900, outcome: 'won' }),
      providerDispute('needs_response', { amount: 900, withdrawn: 1800, reinstated: 900 }),
      providerDispute('lost', { amount: 900, withdrawn: 1800, reinstated: 900, outcome: 'lost' }),
    ],
  );
  const dispute = fc.oneof(listed, disputeLives());
  return fc
    .tuple(
      intent,
      fc.array(refund, { maxLength: 2 }),
      fc.array(dispute, { maxLength: 2 }),
      fc.infiniteStream(fc.nat()),
    )
    .chain(([way, refundWays, disputeWays, choices]) => {
      const refunds = refundWays.map((_, at) => `r-${at}`);
      const before = way.slice(0, -1).map((status) => snapshotOf(status));
      const end = way[way.length - 1] ?? 'canceled';
      const moves = [...refundWays.map((each) => each.length), ...disputeWays.map((each) => each.length)];
      const done = moves.map(() => 0);
      const snapshot = () =>
        snapshotOf(end, {
          refunds: refundWays.flatMap((each, at) => {
            const status = each[(done[at] ?? 0) - 1];
            return status ? [providerRefund(status, { id: `re_${at}`, refundId: `r-${at}` })] : [];
          }),
          disputes: disputeWays.flatMap((each, at) => {
            const seen = each[(done[refundWays.length + at] ?? 0) - 1];
            return seen ? [{ ...seen, id: `du_${at}` }] : [];
          }),
        });
      const snapshots = [...before, snapshot()];
      // Money that was never captured is not refunded.
      const goal = end === 'captured' ? moves : [];
      while (goal.some((count, at) => (done[at] ?? 0) < count)) {
        const left = goal.flatMap((count, at) => ((done[at] ?? 0) < count ? [at] : []));
        const next = left[(choices.next().value ?? 0) % left.length] ?? 0;
        done[next] = (done[next] ?? 0) + 1;
        snapshots.push(snapshot());
      }
      const last = snapshots[snapshots.length - 1] ?? snapshot();
      return fc
        .tuple(
          fc.shuffledSubarray(snapshots, { minLength: snapshots.length }),
          fc.array(fc.constantFrom(...snapshots), { maxLength: 5 }),
        )
        .map(([once, again]) => ({ shown: [...again, ...once, ...again], last, refunds }));
    });
}

/** A dispute's life: it is lost or won, lost and then won, its money comes back in parts, and is withdrawn again. */
function disputeLives(): fc.Arbitrary<readonly ProviderDispute[]> {
  return fc.array(fc.constantFrom('lose', 'win', 'return', 'withdraw'), { maxLength: 8 }).map((steps) => {
    const life = [providerDispute('needs_response', { amount: 900, withdrawn: 900 })];
    for (const step of steps) {
      const now = life[life.length - 1];
      const next = now && afterStep(now, step);
      if (next) life.push(next);
    }
    return life;
  });
}

/** Null where a dispute cannot do that now. */
function afterStep(dispute: ProviderDispute, step: string): ProviderDispute | null {
  const { outcome, withdrawn, reinstated } = dispute;
  const kept = withdrawn - reinstated;
  switch (step) {
    case 'lose':
      return outcome === 'open' ? { ...dispute, status: 'lost', outcome: 'lost' } : null;
    case 'win':
      return outcome === 'won' ? null : { ...dispute, status: 'won', outcome: 'won' };
    case 'return':
      return outcome === 'open' || kept === 0
        ? null
        : { ...dispute, reinstated: reinstated + Math.ceil(kept / 2) };
    default:
      return outcome === 'won' && kept < 900
        ? { ...dispute, status: 'needs_response', outcome: 'open', withdrawn: withdrawn + 900 }
        : null;
  }
}

describe('what a snapshot may be believed of', () => {
  const asked = { orderId: 'order-1', intentId: INTENT, currency: 'EUR' };
  const snapshot = snapshotOf('captured', { refunds: [providerRefund('succeeded')] });

  it('is all of it where nothing contradicts the order', () => {
    expect(verifiedSnapshot(asked, snapshot)).toEqual({ snapshot, contradiction: null });
  });

  it.each<[string, Partial<ProviderIntent>]>([
    ['intent_differs', { id: 'pi_2' }],
    ['intent_order_differs', { orderId: 'order-2' }],
    ['intent_currency_differs', { currency: 'JPY' }],
    ['intent_amount_differs', { received: 0 }],
  ])('is nothing where %s', (contradiction, changes) => {
    const intent = providerIntent('captured', changes);
    expect(verifiedSnapshot(asked, { ...snapshot, intent })).toEqual({ snapshot: null, contradiction });
  });

  it('is the rest where a refund or a dispute is in another currency', () => {
    const foreign = providerRefund('succeeded', { id: 're_2', currency: 'USD' });
    expect(verifiedSnapshot(asked, { ...snapshot, refunds: [...snapshot.refunds, foreign] })).toEqual({
      snapshot,
      contradiction: 'refund_currency_differs',
    });
    const disputes = [providerDispute('needs_response', { currency: 'USD' })];
    expect(verifiedSnapshot(asked, { ...snapshot, disputes })).toEqual({
      snapshot,
      contradiction: 'dispute_currency_differs',
    });
  });
});
