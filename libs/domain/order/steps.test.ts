import { expect, it } from 'vitest';

import { STATUS } from './states.js';
import { endOnRefusal, STEP_RULES, STEPS } from './steps.js';

it('the steps come in the order in which an order is processed', () => {
  expect(STEPS).toEqual([
    'validate',
    'reserve',
    'charge',
    'ship',
    'capture',
    'confirm',
    'announce',
    'deliver',
    'notify',
  ]);
});

it.each([
  ['validate', 'rejected'],
  ['reserve', 'rejected'],
  ['charge', 'rejected'],
  ['ship', 'cancelled'],
  ['capture', 'cancelled'],
  ['confirm', undefined],
  ['announce', undefined],
  ['deliver', undefined],
  ['notify', undefined],
] as const)('a refused %s ends an order as %s', (step, end) => {
  expect(STEP_RULES[step].refusal?.status).toBe(end);
});

it('a refusal leads to an end that the state table can reach', () => {
  for (const step of STEPS) {
    const end = STEP_RULES[step].refusal?.status;
    if (end) expect([...STATUS.pending, ...STATUS.cancelling]).toContain(end);
  }
});

it.each([
  ['reserve', 'invalid', { status: 'rejected', end: 'invalid' }],
  ['reserve', 'out_of_stock', { status: 'rejected', end: 'out_of_stock' }],
  ['charge', 'payment_canceled', { status: 'rejected', end: 'payment_declined' }],
  ['charge', 'payment_voided', { status: 'cancelled', end: 'payment_voided' }],
  ['ship', 'address_refused', { status: 'cancelled', end: 'carrier_refused' }],
  ['ship', 'payment_voided', { status: 'cancelled', end: 'payment_voided' }],
  ['capture', 'payment_declined', { status: 'cancelled', end: 'capture_failed' }],
  ['capture', 'payment_voided', { status: 'cancelled', end: 'payment_voided' }],
  ['confirm', 'payment_voided', null],
] as const)('%s refused for %s ends an order so: %o', (step, code, end) => {
  expect(endOnRefusal(step, code)).toEqual(end);
});
