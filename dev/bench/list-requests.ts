import { PRODUCTS } from './seed-data.js';

/** A list or look-up of the API, by the paths with which it is asked for. */
export interface MeasuredRequest {
  readonly name: string;
  readonly kind: 'look-up' | 'filter' | 'pair of filters';
  /** A list is followed by its cursor, page by page; others are asked for in turn. */
  readonly paths: readonly string[];
  /** The query of the next page, by an answer; absent where there are no pages. */
  readonly next?: (answer: unknown) => string | null;
}

const HOUR = 3_600_000;

/**
 * Each filter of `GET /orders`, with a value that most orders have and one that few have, as `fillWithOrders` made them.
 *
 * @param span milliseconds between the first order and the last
 */
const filters = (span: number): Readonly<Record<string, readonly string[]>> => {
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
  return {
    status: ['status=delivered', 'status=shipped', 'status=rejected&status=cancelled&status=pending'],
    payment: ['payment=captured', 'payment=voided'],
    fulfilment: ['fulfilment=delivered', 'fulfilment=lost'],
    waitingFor: ['waitingFor=deliver', 'waitingFor=confirm'],
    lastError: ['lastError=mail_unreachable', 'lastError=carrier_error'],
    attention: ['attention=open'],
    attentionKind: ['attentionKind=parked', 'attentionKind=dispute_opened'],
    endReason: ['endReason=payment_declined', 'endReason=carrier_refused'],
    customer: ['customer=C-17'],
    email: ['email=Shopper-17@example.com'],
    sku: ['sku=BULK-1', 'sku=RARE-17'],
    number: ['number=N-17'],
    trackingNumber: ['trackingNumber=TRK-17'],
    createdFrom: [`createdFrom=${ago(span / 2)}`, `createdFrom=${ago(HOUR)}`],
    createdTo: [`createdTo=${ago(HOUR)}`, `createdTo=${ago(span / 2)}`],
    updatedSince: [`updatedSince=${ago(2 * span)}`, `updatedSince=${ago(HOUR)}`],
  };
};

const ORDERS: readonly string[] = ['order=newest', 'order=oldest'];

/** `GET /orders` with no filter, with each one, and with each two of them. */
export function orderLists(span: number): MeasuredRequest[] {
  const each = Object.entries(filters(span));
  const list = (
    kind: MeasuredRequest['kind'],
    name: string,
    queries: readonly string[],
  ): MeasuredRequest => ({
    kind,
    name,
    paths: queries.flatMap((query) => ORDERS.map((order) => `/orders?${query}${query && '&'}${order}`)),
    next: nextCursor,
  });
  return [
    list('filter', 'GET /orders', ['']),
    ...each.map(([name, queries]) => list('filter', name, queries)),
    ...each.flatMap(([name, queries], index) =>
      each.slice(index + 1).map(([other, others]) =>
        list(
          'pair of filters',
          `${name} and ${other}`,
          queries.flatMap((query) => others.map((second) => `${query}&${second}`)),
        ),
      ),
    ),
  ];
}

/** Ids of stored orders, by what they have. */
export interface SampleOrders {
  readonly any: readonly string[];
  readonly refunded: readonly string[];
  readonly cancelled: readonly string[];
}

/** Every other list and look-up that grows with the number of orders. */
export function lookUps({ any, refunded, cancelled }: SampleOrders): MeasuredRequest[] {
  const ofOrder = (name: string, ids: readonly string[]): MeasuredRequest => ({
    name: `GET /orders/{id}${name}`,
    kind: 'look-up',
    paths: ids.map((id) => `/orders/${id}${name}`),
  });
  const discrepancies = ['open', 'closed', 'all'].map(
    (state) => `/reconciliation/discrepancies?state=${state}`,
  );
  return [
    ofOrder('', any),
    ofOrder('/events', any),
    ofOrder('/ledger', any),
    ofOrder('/attention', any),
    ofOrder('/refunds', refunded),
    ofOrder('/cancellation', cancelled),
    {
      name: 'GET /reconciliation/discrepancies',
      kind: 'look-up',
      paths: discrepancies,
      next: beforeTheLast,
    },
    {
      name: 'GET /unmatched-events',
      kind: 'look-up',
      paths: [
        '/unmatched-events?limit=50',
        '/unmatched-events?provider=stripe',
        '/unmatched-events?provider=carrier',
      ],
      next: nextCursor,
    },
    { name: 'GET /products', kind: 'look-up', paths: ['/products?limit=50'], next: nextCursor },
    { name: 'GET /products/{sku}', kind: 'look-up', paths: PRODUCTS.map(({ sku }) => `/products/${sku}`) },
  ];
}

function nextCursor(answer: unknown): string | null {
  const { nextCursor: cursor } = answer as { nextCursor: string | null };
  return cursor && `cursor=${cursor}`;
}

function beforeTheLast(answer: unknown): string | null {
  const { data } = answer as { data: readonly { id: string }[] };
  const last = data.at(-1);
  return last ? `before=${last.id}` : null;
}
