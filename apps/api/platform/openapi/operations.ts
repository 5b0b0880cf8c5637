import type { ProblemCode } from '#libs/contracts/http/problems';
import type { Scope } from '#libs/persistence/requests/api-key.repository';

/** An operation: who may call it, and its problems besides those that `problemsOf` adds. */
export interface OperationRule {
  readonly summary: string;
  /** The scope that a key or a role needs; `session` for a person with any role, `open` to all, or `signed` by a provider. */
  readonly access: Scope | 'session' | 'open' | 'signed';
  /** Whether it takes an Idempotency-Key. An `inherent` operation is idempotent without one, and ignores it. */
  readonly idempotency?: 'required' | 'optional' | 'inherent';
  /** Where a caller may wait for the outcome: the problems that report an outcome other than the requested one. */
  readonly outcomes?: readonly ProblemCode[];
  /** Whether it takes a query. */
  readonly query?: true;
  readonly problems: readonly ProblemCode[];
}

const KEYS = ['idempotency_key_malformed', 'idempotency_key_in_use', 'idempotency_key_reused'] as const;
/** Problems of the Idempotency-Key. */
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
    summary: 'Read an order',
    access: 'read',
    problems: ['order_not_found', 'unavailable'],
  },
  explainOrder: {
    summary: 'Explain why an order stands where it does, until when, and what a person may do',
    access: 'read',
    problems: ['order_not_found', 'unavailable'],
  },
  listOrderEvents: {
    summary: "Read an order's audit trail, oldest first",
    access: 'read',
    query: true,
    problems: ['order_not_found', 'unavailable'],
  },
  listEvents: {
    summary: 'List the events of all orders, by their place in the stream',
    access: 'read',
    query: true,
    problems: ['events_gone', 'unavailable'],
  },
  createWebhookEndpoint: {
    summary: 'Have events sent to a URL',
    access: 'operate',
    idempotency: 'required',
    problems: [
      ...BODY,
      'webhook_endpoint_not_found',
      'webhook_url_not_allowed',
      'webhooks_not_set_up',
      'unavailable',
    ],
  },
  listWebhookEndpoints: {
    summary: 'List where events are sent to',
    access: 'operate',
    query: true,
    problems: ['unavailable'],
  },
  readWebhookEndpoint: {
    summary: 'Read an endpoint',
    access: 'operate',
    problems: ['webhook_endpoint_not_found', 'unavailable'],
  },
  changeWebhookEndpoint: {
    summary: 'Change, disable or enable an endpoint',
    access: 'operate',
    problems: [...BODY, 'webhook_endpoint_not_found', 'webhook_url_not_allowed', 'unavailable'],
  },
  deleteWebhookEndpoint: {
    summary: 'Delete an endpoint with its secrets',
    access: 'operate',
    problems: ['webhook_endpoint_not_found', 'unavailable'],
  },
  rotateWebhookSecret: {
    summary: 'Give an endpoint another secret, beside the one before for a while',
    access: 'operate',
    idempotency: 'required',
    problems: [...BODY, 'webhook_endpoint_not_found', 'webhooks_not_set_up', 'unavailable'],
  },
  listWebhookDeliveries: {
    summary: 'List what was sent to an endpoint, or waits for it, with the attempts',
    access: 'operate',
    query: true,
    problems: ['webhook_endpoint_not_found', 'unavailable'],
  },
  readWebhookDelivery: {
    summary: 'Read a delivery with its attempts',
    access: 'operate',
    problems: ['webhook_endpoint_not_found', 'webhook_delivery_not_found', 'unavailable'],
  },
  redeliverWebhook: {
    summary: 'Send a delivery again, now',
    access: 'operate',
    idempotency: 'optional',
    problems: [
      'webhook_endpoint_not_found',
      'webhook_delivery_not_found',
      'webhook_endpoint_disabled',
      'unavailable',
    ],
  },
  sendTestEvent: {
    summary: 'Send a test event to an endpoint',
    access: 'operate',
    idempotency: 'optional',
    problems: [
      'webhook_endpoint_not_found',
      'webhook_delivery_not_found',
      'webhook_endpoint_disabled',
      'unavailable',
    ],
  },
  requestWebhookReplay: {
    summary: 'Send the events of some time to an endpoint again',
    access: 'operate',
    idempotency: 'required',
    problems: [
      ...BODY,
      'webhook_endpoint_not_found',
      'webhook_replay_not_found',
      'replay_period_invalid',
      'webhook_endpoint_disabled',
      'unavailable',
    ],
  },
  readWebhookReplay: {
    summary: 'Read how far a replay has come',
    access: 'operate',
    problems: ['webhook_endpoint_not_found', 'webhook_replay_not_found', 'unavailable'],
  },
  streamEvents: {
    summary: 'Follow the events of all orders as they happen',
    access: 'read',
    query: true,
    problems: ['too_many_streams', 'unavailable'],
  },
  streamOrderEvents: {
    summary: 'Follow the events of an order as they happen',
    access: 'read',
    query: true,
    problems: ['order_not_found', 'too_many_streams', 'unavailable'],
  },
  readLedger: {
    summary: "Read an order's ledger",
    access: 'operate',
    problems: ['order_not_found', 'unavailable'],
  },
  requestCancellation: {
    summary: 'Request to cancel an order',
    access: 'write',
    idempotency: 'inherent',
    problems: [...BODY, 'order_not_found', 'unavailable'],
    outcomes: ['cancellation_refused'],
  },
  readCancellation: {
    summary: 'Read the cancellation request of an order',
    access: 'write',
    problems: ['order_not_found', 'cancellation_not_found', 'unavailable'],
  },
  requestRefund: {
    summary: 'Refund an order: in full, by line, or by amount',
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
    summary: 'Read a refund',
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
    summary: 'Read the client secret with which the shopper acts on a payment',
    access: 'write',
    problems: ['order_not_found', 'no_action_required', 'gateway_unavailable', 'unavailable'],
  },
  listAttention: {
    summary: 'List the attentions of an order with their resolutions',
    access: 'operate',
    problems: ['order_not_found', 'unavailable'],
  },
  resolveAttention: {
    summary: 'Resolve an attention',
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
    summary: 'Read a product and its stock',
    access: 'read',
    problems: ['product_not_found', 'unavailable'],
  },
  putProduct: {
    summary: 'Create or replace a product without changing its stock',
    access: 'operate',
    problems: [...BODY, 'currency_not_supported', 'amount_not_chargeable', 'unavailable'],
  },
  adjustStock: {
    summary: 'Adjust the stock of a product',
    access: 'operate',
    idempotency: 'required',
    problems: [...BODY, 'product_not_found', 'stock_reserved', 'stock_too_large', 'unavailable'],
  },
  readStockAdjustment: {
    summary: 'Read a stock adjustment',
    access: 'read',
    problems: ['stock_adjustment_not_found', 'unavailable'],
  },
  eraseCustomer: {
    summary: 'Erase the personal data of a customer',
    access: 'operate',
    idempotency: 'optional',
    problems: [...BODY, 'not_found', 'orders_in_progress', 'unavailable'],
  },
  eraseGuest: {
    summary: 'Erase the personal data of a guest, by email address',
    access: 'operate',
    idempotency: 'optional',
    problems: [...BODY, 'orders_in_progress', 'unavailable'],
  },
  listDiscrepancies: {
    summary: 'List discrepancies between the payment provider and the ledger',
    access: 'operate',
    query: true,
    problems: ['unavailable'],
  },
  acknowledgeDiscrepancy: {
    summary: 'Acknowledge a discrepancy, and book unknown money',
    access: 'operate',
    idempotency: 'optional',
    problems: [...BODY, 'discrepancy_not_found', 'discrepancy_closed', 'already_resolved', 'unavailable'],
  },
  listUnmatchedEvents: {
    summary: 'List the signed events that match no order',
    access: 'operate',
    query: true,
    problems: ['unavailable'],
  },
  readPerson: {
    summary: 'Read who a person of the audit trail is',
    access: 'operate',
    problems: ['person_not_found', 'unavailable'],
  },
  findSignIn: {
    summary: 'Find how people sign in to the console',
    access: 'open',
    problems: [],
  },
  beginSignIn: {
    summary: 'Sign in: leads to the identity provider',
    access: 'open',
    query: true,
    problems: ['sign_in_off', 'identity_provider_unavailable'],
  },
  finishSignIn: {
    summary: 'Come back from the identity provider',
    access: 'open',
    query: true,
    problems: ['sign_in_off', 'sign_in_refused', 'no_role', 'identity_provider_unavailable', 'unavailable'],
  },
  signInForDevelopment: {
    summary: 'Sign in on a laptop, without an identity provider',
    access: 'open',
    problems: [...BODY, 'sign_in_off', 'cross_site_request', 'unavailable'],
  },
  readSession: {
    summary: 'Read who is signed in',
    access: 'session',
    problems: ['unavailable'],
  },
  signOut: {
    summary: 'Sign out of this session',
    access: 'session',
    problems: ['unavailable'],
  },
  signOutEverywhere: {
    summary: 'Sign out of every session of the person',
    access: 'session',
    problems: ['unavailable'],
  },
  receiveDelivery: {
    summary: "Receive a carrier's signed event",
    access: 'signed',
    problems: ['invalid_signature', 'invalid_request', 'malformed_body', 'body_too_large', 'unavailable'],
  },
  receivePaymentEvent: {
    summary: "Receive the payment provider's signed event",
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
    summary: 'Check that the process needs no restart',
    access: 'open',
    problems: ['unavailable'],
  },
  checkReady: {
    summary: 'Check that orders can be accepted',
    access: 'open',
    problems: ['unavailable'],
  },
  listProblems: { summary: 'List the problem types', access: 'open', problems: [] },
  readProblem: {
    summary: 'Read a problem type',
    access: 'open',
    problems: ['not_found'],
  },
} as const satisfies Readonly<Record<string, OperationRule>>;

export type OperationName = keyof typeof OPERATIONS;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name);

/** The problems that report an outcome to a waiting caller; undefined where none can wait. */
export function outcomesOf(name: OperationName): readonly ProblemCode[] | undefined {
  const { outcomes }: OperationRule = OPERATIONS[name];
  return outcomes;
}

/** Called by probes, without a rate limit. */
export const isProbe = (name: OperationName) => name === 'checkLive' || name === 'checkReady';

/** A webhook's sender may add any query to its address. */
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
    // Any database statement may conflict with a concurrent one.
    ...(problems.includes('unavailable') && !isProbe(name) ? (['busy'] as const) : []),
    ...(access === 'signed' ? [] : (['invalid_request'] as const)),
    ...(idempotency ? KEY_PROBLEMS[idempotency] : []),
    ...(keyed ? (['unauthenticated', 'cross_site_request'] as const) : []),
    ...(keyed && access !== 'session' ? (['insufficient_scope'] as const) : []),
    ...(access === 'signed' || isProbe(name) ? [] : (['rate_limited'] as const)),
    'malformed_request',
    'request_timeout',
    'headers_too_large',
    'internal_error',
  ];
  return [...new Set(codes)];
}
