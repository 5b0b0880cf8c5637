import { randomUUID } from 'node:crypto';

import { setTimeout as delay } from 'node:timers/promises';

import { OrderView } from '#libs/contracts/http/order-view.api';

import type { System } from '../support/system.js';

/** A kind of order in the load, and how it ends. */
interface Kind {
  /** Of a hundred orders. */
  readonly share: number;
  readonly changes: Readonly<Record<string, unknown>>;
  /** Whether the shop cancels it right after it was accepted. */
  readonly isCancelled?: boolean;
  /** Its end, as status and payment. */
  readonly ends: readonly string[];
}

/** Plentiful, and different enough that orders do not all lock the same row. */
export const GOODS = Array.from({ length: 20 }, (_, index) => ({
  sku: `LOAD-${index + 1}`,
  name: `Product ${index + 1}`,
  currency: 'EUR',
  unitPrice: 990,
  sellable: true,
  stock: 1_000_000,
}));

const ABROAD = { line1: '1 Harbour Road', city: 'Cwmystwyth', postalCode: '00000', country: 'GB' };

const KINDS: Readonly<Record<string, Kind>> = {
  plain: { share: 85, changes: {}, ends: ['delivered captured'] },
  'the card is declined': {
    share: 5,
    changes: { payment: { method: 'pm_card_chargeDeclined' } },
    ends: ['rejected voided'],
  },
  'the carrier refuses the address': {
    share: 5,
    changes: { shippingAddress: ABROAD },
    ends: ['cancelled refunded'],
  },
  'the goods are sold out': {
    share: 2,
    changes: { lines: [{ sku: 'SOLD-OUT', quantity: 1 }] },
    ends: ['rejected none'],
  },
  'the shop cancels': {
    share: 3,
    changes: {},
    isCancelled: true,
    // The parcel may have been picked up before.
    ends: ['cancelled none', 'cancelled voided', 'cancelled refunded', 'delivered captured'],
  },
};

export interface BoughtOrder {
  readonly id: string;
  readonly kind: string;
}

/** Milliseconds between two attempts of a request that was not answered, or with 503. */
const PAUSE = 250;

/** Orders of several kinds, each placed until it is answered, as a shop does it. */
export class BoughtOrders {
  readonly orders: BoughtOrder[] = [];
  /** Milliseconds, for each request that was answered at once; and how many had to be repeated. */
  readonly answeredIn: number[] = [];
  repeated = 0;

  constructor(private readonly system: System) {}

  /** Places the n-th order. */
  async buy(n: number): Promise<void> {
    const kind = kindOf(n);
    const { changes, isCancelled = false } = KINDS[kind] ?? KINDS['plain'] ?? {};
    const lines = [{ sku: GOODS[n % GOODS.length]?.sku, quantity: 1 }];
    const body = this.system.body({ lines, ...changes });
    const since = performance.now();
    const { answer, attempts } = await this.repeat('/orders', body);
    if (attempts === 1) this.answeredIn.push(performance.now() - since);
    else this.repeated += 1;
    const { id } = OrderView.parse(answer);
    this.orders.push({ id, kind });
    if (isCancelled) await this.repeat(`/orders/${id}/cancellation`, {}, [202, 409]);
  }

  /** @returns a line for each order that did not end as its kind should */
  wrongEnds(ended: ReadonlyMap<string, string>): string[] {
    return this.orders.flatMap(({ id, kind }) => {
      const end = ended.get(id) ?? 'not there';
      return KINDS[kind]?.ends.includes(end) ? [] : [`${id}, of which ${kind}, is ${end}`];
    });
  }

  private async repeat(path: string, body: object, accepted: readonly number[] = [202]) {
    const key = randomUUID();
    for (let attempts = 1; ; attempts++) {
      const answer = await this.system.http
        .post(path)
        .set('Idempotency-Key', key)
        .send(body)
        .then(
          ({ status, body: content }) => ({ status, content: content as unknown }),
          // The process that it was sent to was killed.
          () => null,
        );
      if (answer && accepted.includes(answer.status)) return { answer: answer.content, attempts };
      if (answer && answer.status < 500 && answer.status !== 409)
        throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.content)}`);
      await delay(PAUSE);
    }
  }
}

/** Spread evenly: the n-th of a hundred, in steps that meet each once. */
function kindOf(n: number): string {
  let place = (n * 37) % 100;
  for (const [name, { share }] of Object.entries(KINDS)) {
    if (place < share) return name;
    place -= share;
  }
  return 'plain';
}
