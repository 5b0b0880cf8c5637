import { sentence } from '#libs/domain/explanation/sentences';
import { EVENTS, type EventType } from '#libs/domain/events/event-types';

import type { AttentionList } from './attention.api.js';
import type { CancellationView } from './cancellation.api.js';
import type { PersonView, SessionView, SignInView } from './console.api.js';
import type { ExplanationView } from './explanation.api.js';
import type { EventList, EventView } from './event.api.js';
import type { EntryView } from './entry.api.js';
import type { ErasureView } from './erasure.api.js';
import type { DiscrepancyList, DiscrepancyView } from './discrepancy.api.js';
import type { LedgerView } from './ledger.api.js';
import type { OrderList } from './order-list.api.js';
import type { OrderEventList, OrderView } from './order-view.api.js';
import type { ClientSecretView } from './payment.api.js';
import type { Problem } from './problem.api.js';
import { problemAddress, type ProblemCode, PROBLEMS } from './problems.js';
import type { ProductList, ProductView, StockAdjustmentView } from './product.api.js';
import type { RefundList, RefundView } from './refund.api.js';
import type { UnmatchedEventList } from './unmatched-event.api.js';
import type {
  CreatedWebhookEndpoint,
  WebhookDeliveryList,
  WebhookDeliveryView,
  WebhookEndpointList,
  WebhookEndpointView,
  WebhookReplayView,
} from './webhook-endpoint.api.js';

/** Ids of objects created on one morning: our ids begin with their time (RFC 9562, section 5.7). */
const ORDER_ID = '019b78ff-f900-7000-8000-000000000001';
const LINE_ID = '019b78ff-f900-7000-8000-000000000002';
/** Of an order that was rejected or cancelled. */
const FAILED_ORDER_ID = '019b78ff-f900-7000-8000-00000000000b';
const PERSON_ID = '019b78ff-f900-7000-8000-0000000000aa';
const INTENT = 'pi_3QExampleExample000001';

const order: OrderView = {
  id: ORDER_ID,
  number: 'R-7K3M-92QD',
  status: 'confirmed',
  payment: 'partially_refunded',
  attempt: 1,
  decline: null,
  captured: 3980,
  refunded: 500,
  pendingRefunds: 0,
  dispute: null,
  fulfilment: 'ready',
  attention: [],
  endReason: null,
  waitingFor: {
    step: 'deliver',
    since: '2026-01-01T10:00:02.000Z',
    attempt: 0,
    nextTryAt: null,
    deadline: '2026-01-15T10:00:02.000Z',
    lastError: null,
  },
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  lines: [{ id: LINE_ID, sku: 'MUG-BLUE', name: 'Mug, blue', quantity: 2, unitPrice: 1990, taxRate: 0 }],
  currency: 'EUR',
  totals: { subtotal: 3980, shipping: 0, discount: 0, tax: 0, total: 3980 },
  shipments: [
    {
      id: '019b7900-00d0-7000-8000-000000000003',
      carrier: 'sandbox',
      trackingNumber: 'SBX6444CE9585E3',
      trackingUrl: 'https://parcels.example/track/SBX6444CE9585E3',
      status: 'ready',
    },
  ],
  createdAt: '2026-01-01T10:00:00.000Z',
  updatedAt: '2026-01-02T09:00:03.000Z',
};

const refund: RefundView = {
  id: '019b7def-6680-7000-8000-000000000004',
  amount: 500,
  reason: 'goodwill',
  restock: false,
  lines: [],
  state: 'succeeded',
  failure: null,
  requestedBy: 'service:shop',
  requestedAt: '2026-01-02T09:00:00.000Z',
  settledAt: '2026-01-02T09:00:03.000Z',
};

const discrepancy: DiscrepancyView = {
  id: '019b7def-6680-7000-8000-000000000005',
  kind: 'unknown_refund',
  objectId: 're_3QExampleExample000001',
  orderId: ORDER_ID,
  orderNumber: order.number,
  expected: 0,
  found: 700,
  currency: 'EUR',
  openedAt: '2026-01-02T10:00:00.000Z',
  closedAt: null,
  closedBy: null,
  note: null,
};

const product: ProductView = {
  sku: 'MUG-BLUE',
  name: 'Mug, blue',
  currency: 'EUR',
  unitPrice: 1990,
  sellable: true,
  onHand: 1000,
  reserved: 2,
  available: 998,
};

const webhookEndpoint: WebhookEndpointView = {
  id: '019b7900-00d0-7000-8000-00000000000c',
  url: 'https://shop.example/order-events',
  events: ['order.*', 'refund.failed'],
  description: 'The shop',
  status: 'enabled',
  disabledReason: null,
  disabledAt: null,
  failingSince: null,
  createdBy: 'service:back-office',
  createdAt: '2026-01-01T09:00:00.000Z',
  updatedAt: '2026-01-01T09:00:00.000Z',
};

const webhookDelivery: WebhookDeliveryView = {
  id: '019b7900-00d2-7000-8000-00000000000d',
  endpointId: webhookEndpoint.id,
  eventId: '019b7900-00d1-7000-8000-00000000000c',
  type: 'order.confirmed',
  replayId: null,
  state: 'succeeded',
  attempts: 2,
  nextAttemptAt: null,
  createdAt: '2026-01-01T10:00:02.200Z',
  settledAt: '2026-01-01T10:00:07.500Z',
  history: [
    {
      number: 1,
      at: '2026-01-01T10:00:02.300Z',
      duration: 41,
      status: 502,
      failure: 'status',
      answer: 'Bad Gateway',
    },
    { number: 2, at: '2026-01-01T10:00:07.400Z', duration: 60, status: 204, failure: null, answer: null },
  ],
};

/** What events name beside the order. */
const EVENT_SUBJECTS = {
  payment: { attempt: 2 },
  cancellation: { state: 'requested' },
  shipment: { id: '019b7900-00d0-7000-8000-000000000003', status: 'label_created' },
  refund: { id: '019b7def-6680-7000-8000-000000000004', state: 'requested' },
  dispute: { id: 'du_1ExampleExample00001', status: 'needs_response' },
  attention: { id: '019b7654-0000-7000-8000-00000000000b', kind: 'parked', step: 'ship' },
} as const;

/** Examples of answers, by the name of their schema: all of one order. */
export const ANSWERS = {
  Order: order,
  OrderList: { data: [order], nextCursor: null } satisfies OrderList,
  OrderEventList: {
    data: [
      {
        id: '019b7900-00d0-7000-8000-000000000006',
        at: '2026-01-01T10:00:01.000Z',
        type: 'payment.captured',
        actor: 'gateway',
        changes: { payment: { from: 'none', to: 'captured' }, amount: 3980 },
      },
    ],
    nextCursor: null,
  } satisfies OrderEventList,
  Explanation: {
    cause: sentence('waits_for_pick_up'),
    nextStep: sentence('carrier_reports'),
    latest: { at: '2026-01-15T10:00:02.000Z', outcome: sentence('then_carrier_asked') },
    also: [],
    actions: [
      {
        ...sentence('refund_part'),
        operation: 'requestRefund',
        method: 'POST',
        path: `/orders/${ORDER_ID}/refunds`,
        body: null,
        scope: 'operate',
        allowed: true,
      },
    ],
  } satisfies ExplanationView,
  EventList: {
    data: [eventExample('order.confirmed')],
    nextCursor: '4711',
    hasMore: false,
  } satisfies EventList,
  AttentionList: {
    data: [
      {
        id: '019b7654-0000-7000-8000-00000000000b',
        kind: 'parked',
        step: 'ship',
        isCompensation: false,
        reason: 'carrier_unavailable',
        refundId: null,
        discrepancyId: null,
        openedAt: '2026-01-01T10:15:00.000Z',
        resolutions: [],
        resolution: {
          action: 'retry',
          by: 'service:back-office',
          note: 'The carrier is back.',
          resolvedAt: '2026-01-01T10:20:00.000Z',
          appliedAt: '2026-01-01T10:20:01.000Z',
        },
      },
    ],
  } satisfies AttentionList,
  Cancellation: {
    state: 'requested',
    code: null,
    requestedAt: '2026-01-02T09:01:00.000Z',
    decidedAt: null,
  } satisfies CancellationView,
  Refund: refund,
  SignIn: { provider: true, development: false } satisfies SignInView,
  Session: {
    person: { id: PERSON_ID, name: 'Grace Hopper', email: 'grace@shop.example' },
    roles: ['operator'],
    scopes: ['read', 'write', 'operate'],
    csrfToken: 'Zm9yLXRoZS1leGFtcGxlLW9ubHktMDAwMDAwMDAwMDA',
    expiresAt: '2026-01-01T22:00:00.000Z',
    idleTimeout: 1_800,
  } satisfies SessionView,
  Person: {
    id: PERSON_ID,
    issuer: 'https://login.shop.example',
    subject: '248289761001',
    name: 'Grace Hopper',
  } satisfies PersonView,
  RefundList: { data: [refund] } satisfies RefundList,
  ClientSecret: { clientSecret: `${INTENT}_secret_example` } satisfies ClientSecretView,
  Ledger: {
    data: [
      {
        id: '019b7900-00d0-7000-8000-000000000007',
        at: '2026-01-01T10:00:01.000Z',
        kind: 'captured',
        objectId: INTENT,
        amount: 3980,
        currency: 'EUR',
        entries: [
          { account: 'gateway', amount: 3980 },
          { account: 'customer_deposits', amount: -3980 },
        ],
      },
      {
        id: '019b7def-6680-7000-8000-000000000008',
        at: '2026-01-02T09:00:00.000Z',
        kind: 'refund_requested',
        objectId: refund.id,
        amount: 500,
        currency: 'EUR',
        entries: [
          { account: 'customer_deposits', amount: 500 },
          { account: 'refunds_payable', amount: -500 },
        ],
      },
      {
        id: '019b7def-7238-7000-8000-00000000000c',
        at: '2026-01-02T09:00:03.000Z',
        kind: 'refund_succeeded',
        objectId: refund.id,
        amount: 500,
        currency: 'EUR',
        entries: [
          { account: 'refunds_payable', amount: 500 },
          { account: 'gateway', amount: -500 },
        ],
      },
    ],
    balances: [
      { account: 'gateway', amount: 3480 },
      { account: 'customer_deposits', amount: -3480 },
      { account: 'refunds_payable', amount: 0 },
    ],
  } satisfies LedgerView,
  Discrepancy: {
    ...discrepancy,
    closedAt: '2026-01-02T11:00:00.000Z',
    closedBy: 'service:shop',
    note: 'By hand.',
  },
  DiscrepancyList: { data: [discrepancy] } satisfies DiscrepancyList,
  UnmatchedEventList: {
    data: [
      {
        id: '019b7654-0000-7000-8000-00000000000b',
        provider: 'carrier',
        eventId: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
        type: 'shipment.weighed',
        objectId: 'SBX6444CE9585E3',
        reason: 'unknown_type',
        occurredAt: '2026-01-02T12:00:00.000Z',
        receivedAt: '2026-01-02T12:00:01.000Z',
      },
    ],
    nextCursor: null,
  } satisfies UnmatchedEventList,
  WebhookEndpoint: webhookEndpoint,
  WebhookEndpointList: { data: [webhookEndpoint], nextCursor: null } satisfies WebhookEndpointList,
  CreatedWebhookEndpoint: {
    ...webhookEndpoint,
    secret: 'whsec_ZXhhbXBsZSBleGFtcGxlIGV4YW1wbGUgZXhhbXBsZSE=',
  } satisfies CreatedWebhookEndpoint,
  WebhookDelivery: webhookDelivery,
  WebhookDeliveryList: { data: [webhookDelivery], nextCursor: null } satisfies WebhookDeliveryList,
  WebhookReplay: {
    id: '019b7def-6680-7000-8000-00000000000e',
    endpointId: webhookEndpoint.id,
    since: '2026-01-01T08:00:00.000Z',
    until: '2026-01-01T12:00:00.000Z',
    types: [],
    deliveries: 17,
    requestedBy: 'service:back-office',
    requestedAt: '2026-01-02T09:00:00.000Z',
    finishedAt: '2026-01-02T09:00:01.000Z',
  } satisfies WebhookReplayView,
  Product: product,
  ProductList: { data: [product], nextCursor: null } satisfies ProductList,
  StockAdjustment: {
    id: '019b7def-6680-7000-8000-000000000009',
    sku: 'MUG-BLUE',
    quantity: -2,
    reason: 'Broken in the warehouse',
    by: 'service:shop',
    at: '2026-01-02T12:00:00.000Z',
  } satisfies StockAdjustmentView,
  Erasure: {
    id: '019b7def-6680-7000-8000-00000000000a',
    orders: 3,
    erasedAt: '2026-03-01T09:00:00.000Z',
  } satisfies ErasureView,
  Entry: {
    docs: '/docs',
    openapi: '/openapi.json',
    problems: '/problems',
    orders: '/orders',
  } satisfies EntryView,
  Health: { status: 'ok' },
  ProblemType: problemType('order_not_found'),
  ProblemTypeList: { data: [problemType('order_not_found')] },
} as const;

/** An example of an event, of the same order. */
export function eventExample(type: EventType): EventView {
  const { about } = EVENTS[type];
  const { id, status, payment, fulfilment } = order;
  return {
    id: '019b7900-00d1-7000-8000-00000000000c',
    sequence: 4711,
    type,
    time: '2026-01-01T10:00:02.001Z',
    data: {
      order: { id, version: 7, status, payment, fulfilment },
      ...(about === 'order' ? {} : { [about]: EVENT_SUBJECTS[about] }),
    },
  };
}

/** Problems that report the outcome of a stored order. */
const OF_STORED_ORDERS: readonly ProblemCode[] = [
  'payment_declined',
  'payment_expired',
  'out_of_stock',
  'order_cancelled',
  'order_invalid',
];

/** An example of a problem. */
export function problemExample(code: ProblemCode): Problem {
  const { status, title, meaning } = PROBLEMS[code];
  return {
    type: problemAddress(code),
    title,
    status,
    detail: meaning,
    instance: '/orders',
    code,
    requestId: '4f6c2a1e-8f5d-4f0e-9a55-6a4f3b2c1d00',
    ...(code === 'invalid_request'
      ? { errors: [{ pointer: '/lines/0/quantity', detail: 'Too small: expected number to be >=1' }] }
      : {}),
    ...(OF_STORED_ORDERS.includes(code) ? { orderId: FAILED_ORDER_ID } : {}),
    ...(code === 'price_changed' ? { totals: order.totals } : {}),
  };
}

function problemType(code: ProblemCode) {
  return { type: problemAddress(code), code, ...PROBLEMS[code] };
}
