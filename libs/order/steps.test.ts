import { expect, it } from 'vitest';

import { STATUS } from './states.js';
import { STEP_RULES, STEPS } from './steps.js';

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
