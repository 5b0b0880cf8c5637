import { describe, expect, it } from 'vitest';

import { OrderView } from '#libs/contracts/http/order-view.api';
import { orderId } from '#libs/domain/order/order-id';
import { ORDER_STATUSES } from '#libs/domain/order/states';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { presentOrder } from './order.presenter.js';

describe('an order as it is shown', () => {
  it('matches the OpenAPI document', () => {
    expect(() => OrderView.strict().parse(presentOrder(record))).not.toThrow();
  });

  it('shows why it ended only once it has ended, and not when it was delivered', () => {
    const endReason = { code: 'cancelled', by: 'service:shop' } as const;
    const shown = ORDER_STATUSES.filter(
      (status) => presentOrder({ ...record, status, endReason }).endReason !== null,
    );
    expect(shown.toSorted()).toEqual(['cancelled', 'rejected', 'undelivered']);
  });

  it('lists the answers to each open attention', () => {
    const [parked] = record.attention;
    if (!parked) throw new Error('nothing waits for a person');
    const stuck = { ...parked, isCompensation: true };
    const seen = { ...parked, kind: 'dispute_opened', step: null } as const;
    const { attention } = presentOrder({ ...record, attention: [parked, stuck, seen] });
    expect(attention.map(({ resolutions }) => resolutions)).toEqual([
      ['retry', 'fail'],
      ['retry'],
      ['acknowledge'],
    ]);
    const disconnected = { ...parked, kind: 'run_closed', step: null } as const;
    const ended = presentOrder({ ...record, status: 'undelivered', attention: [disconnected] });
    expect(ended.attention).toMatchObject([{ resolutions: ['restart', 'acknowledge'] }]);
  });

  it('waits for the first of its waits', () => {
    expect(presentOrder(record).waitingFor).toEqual(record.waits[0]);
    expect(presentOrder({ ...record, waits: [] }).waitingFor).toBeNull();
  });

  it('waits for nothing once its run is closed', () => {
    expect(presentOrder({ ...record, closedAt: record.updatedAt }).waitingFor).toBeNull();
  });

  it('shows the amounts refunded, being refunded and disputed', () => {
    expect(presentOrder(record)).toMatchObject({
      attempt: 2,
      decline: { attempt: 1, code: 'insufficient_funds' },
      refunded: 500,
      pendingRefunds: 200,
      dispute: { status: 'needs_response', amount: 100 },
    });
    expect(presentOrder({ ...record, dispute: null }).dispute).toBeNull();
  });

  it('shows no customer once the person is erased', () => {
    const erased = presentOrder({ ...record, customer: null, shippingAddress: null, paymentMethod: null });
    expect(OrderView.strict().parse(erased)).toEqual({ ...presentOrder(record), customer: null });
  });

  it('shows no address, payment method or policy', () => {
    const text = JSON.stringify(presentOrder(record));
    expect(text).not.toMatch(/Hauptstr|pm_card_visa|reservationTtl|pi_1|dp_1/);
  });
});

const at = '2026-01-01T00:00:00.000Z';
const id = '019b7654-0000-7000-8000-000000000001';
const record: OrderRecord = {
  id: orderId(id),
  number: 'R-7K3M-92QD',
  version: 1,
  status: 'confirmed',
  payment: 'captured',
  fulfilment: 'reserved',
  endReason: null,
  customer: { name: 'Ada', email: 'ada@example.com' },
  shippingAddress: { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10827', country: 'DE' },
  currency: 'EUR',
  totals: { subtotal: 3980, shipping: 0, discount: 0, tax: 0, total: 3980 },
  paymentMethod: 'pm_card_visa',
  intentStatus: 'captured',
  booked: { captured: 3980, refund_requested: 700, refund_succeeded: 500 },
  intentId: 'pi_1',
  attempt: 2,
  decline: { attempt: 1, code: 'insufficient_funds' },
  holdUntil: null,
  acceptedAmount: null,
  dispute: { id: 'dp_1', status: 'needs_response', amount: 100 },
  requestId: null,
  policy: {
    reservationTtl: 1,
    graceBeforeCharge: 0,
    captureMode: 'immediate',
    paymentWindow: 1,
    declineWindow: 0,
    deliveryDeadline: 1,
    retry: { attempts: 1, initial: 1, max: 1 },
  },
  createdAt: at,
  updatedAt: at,
  closedAt: null,
  lines: [{ id, sku: 'MUG-BLUE', name: 'Mug', quantity: 2, unitPrice: 1990, taxRate: 0 }],
  shipments: [],
  attention: [
    {
      id,
      kind: 'parked',
      step: 'ship',
      isCompensation: false,
      reason: 'carrier_unavailable',
      refundId: null,
      discrepancyId: null,
      openedAt: at,
    },
  ],
  waits: [
    {
      step: 'ship',
      since: at,
      attempt: 3,
      nextTryAt: null,
      deadline: null,
      lastError: 'carrier_unavailable',
    },
    { step: 'confirm', since: at, attempt: 1, nextTryAt: at, deadline: null, lastError: 'mail_unavailable' },
  ],
};
