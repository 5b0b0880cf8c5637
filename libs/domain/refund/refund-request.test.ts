import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { currencyOf } from '../money/currencies.js';
import { refundable } from '../ledger/ledger.js';
import { costOf } from './refund.js';
import {
  decideRefund,
  type EarlierRefund,
  type RefundableOrder,
  type RefundPortion,
  type RefundRequest,
} from './refund-request.js';
import { totalsOf } from '../money/totals.js';

const mugs = { id: 'mugs', quantity: 3, unitPrice: 1000, taxRate: 0.19 };
const tea = { id: 'tea', quantity: 1, unitPrice: 500, taxRate: 0.07 };
const delivered: RefundableOrder = {
  status: 'delivered',
  fulfilment: 'delivered',
  lines: [mugs, tea],
  totals: { subtotal: 3500, shipping: 490, discount: 0, tax: 605, total: 4595 },
  currency: 'EUR',
  booked: { captured: 4595 },
};
const confirmed: RefundableOrder = { ...delivered, status: 'confirmed', fulfilment: 'ready' };

const all: RefundPortion = { of: 'all' };
const amount = (of: number): RefundPortion => ({ of: 'amount', amount: of });
const goods = (...lines: [string, number][]): RefundPortion => ({
  of: 'lines',
  lines: lines.map(([lineId, quantity]) => ({ lineId, quantity })),
});
const earlier = (changes: Partial<EarlierRefund>): EarlierRefund => ({
  lines: [],
  restock: false,
  state: 'succeeded',
  ...changes,
});
const one = [{ lineId: 'mugs', quantity: 1 }];
const decide = (
  portion: RefundPortion,
  {
    order = delivered,
    before = [],
    restock = false,
  }: { order?: RefundableOrder; before?: EarlierRefund[] } & Partial<Pick<RefundRequest, 'restock'>> = {},
) => decideRefund(order, before, { portion, restock });

describe('a refund that is requested', () => {
  it('is all that is left, with the goods that no other was for', () => {
    const order = { ...delivered, booked: { captured: 4595, refund_requested: 1500 } };
    expect(decide(all, { order, before: [earlier({ lines: one, state: 'requested' })] })).toEqual({
      is: 'refund',
      amount: 3095,
      lines: [
        { lineId: 'mugs', quantity: 2 },
        { lineId: 'tea', quantity: 1 },
      ],
    });
  });

  it('is some goods, with their share of tax and shipping', () => {
    expect(decide(goods(['tea', 1]))).toMatchObject({ is: 'refund', amount: 605 });
    expect(decide(goods(['mugs', 3]))).toMatchObject({ is: 'refund', amount: 3990 });
  });

  it('is the goods’ share of what was paid, where that is not the total', () => {
    const order = { ...delivered, booked: { captured: 500 } };
    expect(decide(all, { order })).toMatchObject({ amount: 500 });
    expect(decide(goods(['mugs', 3], ['tea', 1]), { order })).toMatchObject({ amount: 500 });
    expect(decide(goods(['tea', 1]), { order })).toMatchObject({ amount: 66 });
    expect(decide(goods(['mugs', 3]), { order })).toMatchObject({ amount: 434 });
    expect(decide(amount(501), { order })).toMatchObject({ is: 'refused', code: 'refund_exceeds' });
  });

  it('is some money', () => {
    expect(decide(amount(4595))).toEqual({ is: 'refund', amount: 4595, lines: [] });
  });

  it('is all of it before pick-up, where no run is there that would send it', () => {
    expect(decide(all, { order: { ...confirmed, hasNoRun: true } })).toMatchObject({
      is: 'refund',
      amount: 4595,
    });
    expect(decide(amount(4595), { order: { ...confirmed, hasNoRun: true } })).toMatchObject({ is: 'refund' });
  });

  it.each<[string, RefundPortion, Parameters<typeof decide>[1], string]>([
    ['all of it before pick-up', all, { order: confirmed }, 'use_cancellation'],
    ['all of it before the charge', all, { order: { ...confirmed, booked: {} } }, 'use_cancellation'],
    ['as much as all of it before pick-up', amount(4595), { order: confirmed }, 'use_cancellation'],
    ['all goods before pick-up', goods(['mugs', 3], ['tea', 1]), { order: confirmed }, 'use_cancellation'],
    [
      'the rest of it before pick-up',
      amount(595),
      { order: { ...confirmed, booked: { captured: 4595, refund_requested: 4000 } } },
      'use_cancellation',
    ],
    ['what was not captured', amount(1), { order: { ...confirmed, booked: {} } }, 'nothing_to_refund'],
    [
      'the rest where nothing is left',
      all,
      { order: { ...delivered, booked: { captured: 1, refund_requested: 1 } } },
      'nothing_to_refund',
    ],
    [
      'goods that cost nothing',
      goods(['gift', 1]),
      {
        order: {
          ...delivered,
          lines: [...delivered.lines, { id: 'gift', quantity: 1, unitPrice: 0, taxRate: 0 }],
        },
      },
      'nothing_to_refund',
    ],
    ['a line twice', goods(['mugs', 1], ['mugs', 1]), {}, 'refund_line_repeated'],
    ['a line of another order', goods(['mugs', 1], ['cup', 1]), {}, 'refund_line_unknown'],
    ['more goods than were bought', goods(['tea', 2]), {}, 'refund_quantity_exceeds'],
    [
      'more goods than are left',
      goods(['mugs', 3]),
      { before: [earlier({ lines: one, state: 'pending' })] },
      'refund_quantity_exceeds',
    ],
    ['more money than was paid', amount(4596), {}, 'refund_exceeds'],
    [
      'money that is disputed',
      amount(1),
      { order: { ...delivered, booked: { captured: 4595, dispute_withdrawn: 4595 } } },
      'refund_exceeds',
    ],
    [
      'goods back that are still here',
      goods(['mugs', 1]),
      { order: confirmed, restock: true },
      'nothing_to_restock',
    ],
    [
      'goods back that came back with their parcel',
      goods(['mugs', 1]),
      { order: { ...delivered, fulfilment: 'returned' }, restock: true },
      'nothing_to_restock',
    ],
    [
      'goods back that came back with a refund that failed',
      goods(['mugs', 3]),
      { before: [earlier({ lines: one, restock: true, state: 'failed' })], restock: true },
      'nothing_to_restock',
    ],
    ['no goods back', amount(1), { restock: true }, 'nothing_to_restock'],
    [
      'fils that no card gets back',
      amount(1_005),
      { order: { ...delivered, currency: 'KWD' } },
      'amount_not_chargeable',
    ],
  ])('is refused: %s', (_, portion, on, code) => {
    expect(decide(portion, on)).toMatchObject({ is: 'refused', code });
  });

  it('names the lines that are at fault', () => {
    expect(decide(goods(['mugs', 1], ['cup', 1], ['pot', 1]))).toMatchObject({ at: [1, 2] });
  });

  it('may take the units of one that failed', () => {
    expect(decide(goods(['mugs', 3]), { before: [earlier({ lines: one, state: 'failed' })] })).toMatchObject({
      is: 'refund',
    });
  });

  it('may be a part before pick-up', () => {
    expect(decide(goods(['tea', 1]), { order: confirmed })).toMatchObject({ is: 'refund', amount: 605 });
  });

  it('never exceeds what was paid, with all before it, however they are requested', () => {
    const portion = fc.oneof(
      fc.constant(all),
      fc.integer({ min: 1, max: 5000 }).map(amount),
      fc.tuple(fc.constantFrom('mugs', 'tea'), fc.integer({ min: 1, max: 3 })).map((line) => goods(line)),
    );
    fc.assert(
      fc.property(fc.array(portion, { maxLength: 12 }), (portions) => {
        const before: EarlierRefund[] = [];
        let given = 0;
        for (const asked of portions) {
          const order = { ...delivered, booked: { captured: 4595, refund_requested: given } };
          const decision = decideRefund(order, before, { portion: asked, restock: false });
          if (decision.is === 'refused') continue;
          given += decision.amount;
          before.push(earlier({ lines: decision.lines }));
        }
        expect(given).toBeLessThanOrEqual(4595);
        expect(refundable({ captured: 4595, refund_requested: given })).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('allocates an order unit by unit, each in a refundable amount, and all of it in the end', () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 20 }),
      unitPrice: fc.integer({ min: 0, max: 4_000_000 }),
      taxRate: fc.integer({ min: 0, max: 100_000 }).map((rate) => rate / 100_000),
    });
    const basket = fc.array(line, { minLength: 1, maxLength: 6 });
    const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'ISK', 'IDR').map(currencyOf);
    fc.assert(
      fc.property(currency, basket, fc.nat(5_000), ({ code, step }, bought, fee) => {
        const lines = bought.map((each, at) => ({
          ...each,
          id: String(at),
          unitPrice: each.unitPrice * step,
        }));
        const priced = lines.map((each) => ({ ...each, sku: each.id }));
        const order = { lines, totals: totalsOf(priced, fee * step, code), currency: code };
        const before = new Map<string, number>();
        let given = 0;
        for (const { id, quantity } of lines) {
          for (let unit = 0; unit < quantity; unit++) {
            const cost = costOf(order, order.totals.total, before, [{ lineId: id, quantity: 1 }]);
            expect(cost % step).toBe(0);
            before.set(id, unit + 1);
            given += cost;
          }
        }
        expect(given).toBe(order.totals.total);
      }),
      { numRuns: 50 },
    );
  });
});
