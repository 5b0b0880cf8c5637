import type { ProblemCode } from '#libs/contracts/http/problems';
import type { Scope } from '#libs/persistence/requests/api-key.repository';

/** What can be done here, who may do it, and which problems it can answer besides those that `problemsOf` adds. */
export interface OperationRule {
  readonly summary: string;
  /** What an API key must have been made with; `open` to all, or `signed` by a provider. */
  readonly access: Scope | 'open' | 'signed';
  /**
   * Whether it takes an Idempotency-Key. An `inherent` operation is the same however often it is asked for: a key may
   * come along, and changes nothing.
   */
  readonly idempotency?: 'required' | 'optional' | 'inherent';
  /**
   * Where the outcome comes after the answer, and a caller may wait for it: the problems that tell those who do of an
   * outcome that is not the one they asked for.
   */
  readonly outcomes?: readonly ProblemCode[];
  /** Whether it is asked with a query. */
  readonly query?: true;
  readonly problems: readonly ProblemCode[];
}

const KEYS = ['idempotency_key_malformed', 'idempotency_key_in_use', 'idempotency_key_reused'] as const;
/** What an Idempotency-Key can be refused for. */
const KEY_PROBLEMS = {
  required: ['idempotency_key_missing', ...KEYS],
  optional: KEYS,
  inherent: ['idempotency_key_malformed'],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;

const BODY = ['malformed_body', 'body_too_large', 'unsupported_media_type'] as const;

export const OPERATIONS = {
  placeOrder: {
    summary: 'Place an order',
    access: 'write',
    idempotency: 'required',
    problems: [
      ...BODY,
      'duplicate_sku',
      'unknown_sku',
      'currency_not_supported',
      'amount_not_chargeable',
      'order_too_large',
      'order_too_small',
      'price_changed',
      'unavailable',
    ],
    outcomes: ['payment_declined', 'payment_expired', 'out_of_stock', 'order_cancelled', 'order_invalid'],
  },
  listOrders: {
    summary: 'List orders',
    access: 'read',
    query: true,
    problems: ['unavailable'],
  },
  readOrder: {
    summary: 'See how an order stands',
    access: 'read',
    problems: ['order_not_found', 'unavailable'],
  },
  listOrderEvents: {
    summary: "See an order's audit trail, oldest first",
    access: 'read',
    query: true,
    problems: ['order_not_found', 'unavailable'],
  },
  readLedger: {
    summary: "See every movement of an order's money",
    access: 'operate',
    problems: ['order_not_found', 'unavailable'],
  },
  requestCancellation: {
    summary: 'Ask to cancel an order',
    access: 'write',
    idempotency: 'inherent',
    problems: [...BODY, 'order_not_found', 'unavailable'],
    outcomes: ['cancellation_refused'],
  },
  readCancellation: {
    summary: 'See what became of the wish to cancel an order',
    access: 'write',
    problems: ['order_not_found', 'cancellation_not_found', 'unavailable'],
  },
  requestRefund: {
    summary: 'Give money back: all, for some goods, or an amount',
    access: 'operate',
    idempotency: 'required',
    problems: [
      ...BODY,
      'order_not_found',
      'use_cancellation',
      'nothing_to_refund',
      'nothing_to_restock',
      'refund_line_repeated',
      'refund_line_unknown',
      'refund_quantity_exceeds',
      'refund_exceeds',
      'amount_not_chargeable',
      'unavailable',
    ],
    outcomes: ['refund_failed'],
  },
  listRefunds: {
    summary: "List an order's refunds, oldest first",
    access: 'operate',
    problems: ['order_not_found', 'unavailable'],
  },
  readRefund: {
    summary: 'See how a refund stands',
    access: 'operate',
    problems: ['order_not_found', 'refund_not_found', 'unavailable'],
  },
  attemptPayment: {
    summary: 'Try another payment method after a decline',
    access: 'write',
    idempotency: 'required',
    problems: [...BODY, 'order_not_found', 'payment_attempt_not_possible', 'unavailable'],
    outcomes: ['payment_declined', 'payment_expired', 'order_cancelled'],
  },
  readClientSecret: {
    summary: 'Get what the shopper needs to act on a payment',
    access: 'write',
    problems: ['order_not_found', 'no_action_required', 'gateway_unavailable', 'unavailable'],
  },
  listAttention: {
    summary: 'See what waits for a person, or did, and what was answered',
    access: 'operate',
    problems: ['order_not_found', 'unavailable'],
  },
  resolveAttention: {
    summary: 'Answer what waits for a person',
    access: 'operate',
    idempotency: 'optional',
    problems: [
      ...BODY,
      'order_not_found',
      'attention_not_found',
      'illegal_resolution',
      'already_resolved',
      'unavailable',
    ],
    outcomes: [],
  },
  listProducts: {
    summary: 'List the products and their stock',
    access: 'read',
    query: true,
    problems: ['unavailable'],
  },
  readProduct: {
    summary: 'See a product and its stock',
    access: 'read',
    problems: ['product_not_found', 'unavailable'],
  },
  putProduct: {
    summary: 'Create or replace a product; its stock stays as it is',
    access: 'operate',
    problems: [...BODY, 'currency_not_supported', 'amount_not_chargeable', 'unavailable'],
  },
  adjustStock: {
    summary: 'Correct the stock of a product',
    access: 'operate',
    idempotency: 'required',
    problems: [...BODY, 'product_not_found', 'stock_reserved', 'stock_too_large', 'unavailable'],
  },
  readStockAdjustment: {
    summary: 'See a correction of stock',
    access: 'read',
    problems: ['stock_adjustment_not_found', 'unavailable'],
  },
  eraseCustomer: {
    summary: 'Erase a person, by the id their orders carry',
    access: 'operate',
    idempotency: 'optional',
    problems: [...BODY, 'not_found', 'orders_in_progress', 'unavailable'],
  },
  eraseGuest: {
    summary: 'Erase a person, by the email address of their orders',
    access: 'operate',
    idempotency: 'optional',
    problems: [...BODY, 'orders_in_progress', 'unavailable'],
  },
  listDiscrepancies: {
    summary: "See where the payment provider's books and ours differ",
    access: 'operate',
    query: true,
    problems: ['unavailable'],
  },
  acknowledgeDiscrepancy: {
    summary: 'Close a discrepancy, and take over money that moved without us',
    access: 'operate',
    idempotency: 'optional',
    problems: [...BODY, 'discrepancy_not_found', 'discrepancy_closed', 'already_resolved', 'unavailable'],
  },
  listUnmatchedEvents: {
    summary: 'See the signed events that belong to nothing here',
    access: 'operate',
    query: true,
    problems: ['unavailable'],
  },
  receiveDelivery: {
    summary: "Take a carrier's signed event",
    access: 'signed',
    problems: ['invalid_signature', 'invalid_request', 'malformed_body', 'body_too_large', 'unavailable'],
  },
  receivePaymentEvent: {
    summary: "Take the payment provider's signed event",
    access: 'signed',
    problems: [
      'invalid_signature',
      'invalid_request',
      'malformed_body',
      'wrong_livemode',
      'body_too_large',
      'unavailable',
    ],
  },
  findDocuments: { summary: 'Find the documents', access: 'open', problems: [] },
  checkLive: {
    summary: 'Tell that the process runs, and would not be helped by a restart',
    access: 'open',
    problems: ['unavailable'],
  },
  checkReady: {
    summary: 'Tell whether orders can be taken',
    access: 'open',
    problems: ['unavailable'],
  },
  listProblems: { summary: 'List the problem types', access: 'open', problems: [] },
  readProblem: {
    summary: 'Read about a problem type',
    access: 'open',
    problems: ['not_found'],
  },
} as const satisfies Readonly<Record<string, OperationRule>>;

export type OperationName = keyof typeof OPERATIONS;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name);

/** The problems that tell of an outcome to those who waited for it; undefined where nobody can. */
export function outcomesOf(name: OperationName): readonly ProblemCode[] | undefined {
  const { outcomes }: OperationRule = OPERATIONS[name];
  return outcomes;
}

/** Asked by what watches over the process, however often. */
export const isProbe = (name: OperationName) => name === 'checkLive' || name === 'checkReady';

/** A webhook's sender may add to its address what it likes. */
export function takesNoQuery(name: OperationName): boolean {
  const { access, query }: OperationRule = OPERATIONS[name];
  return !query && access !== 'signed';
}

/** The problems that an operation can answer, those of every operation included. */
export function problemsOf(name: OperationName): readonly ProblemCode[] {
  const { access, idempotency, problems, outcomes = [] }: OperationRule = OPERATIONS[name];
  const keyed = access !== 'open' && access !== 'signed';
  const codes: readonly ProblemCode[] = [
    ...problems,
    ...outcomes,
    // Whoever asks the database may find another change in the way.
    ...(problems.includes('unavailable') && !isProbe(name) ? (['busy'] as const) : []),
    ...(access === 'signed' ? [] : (['invalid_request'] as const)),
    ...(idempotency ? KEY_PROBLEMS[idempotency] : []),
    ...(keyed ? (['unauthenticated', 'insufficient_scope'] as const) : []),
    ...(access === 'signed' || isProbe(name) ? [] : (['rate_limited'] as const)),
    'malformed_request',
    'request_timeout',
    'headers_too_large',
    'internal_error',
  ];
  return [...new Set(codes)];
}
