import { describe, expect, it } from 'vitest';

import { resolutionsFor } from './attention.js';
import { STEPS } from './steps.js';

describe('what an operator may answer', () => {
  it.each([
    ['validate', ['retry', 'fail']],
    ['reserve', ['retry', 'fail']],
    ['charge', ['retry', 'fail']],
    ['ship', ['retry', 'fail']],
    ['confirm', ['retry', 'skip']],
    ['announce', ['retry', 'skip']],
    ['notify', ['retry', 'skip']],
  ] as const)('when %s is parked: %j', (step, answers) => {
    expect(resolutionsFor('parked', step, false)).toEqual(answers);
  });

  it('when a delivery is overdue: it arrived, or it is lost', () => {
    expect(resolutionsFor('delivery_overdue', 'deliver', false)).toEqual(['skip', 'fail']);
  });

  it('when another amount was paid: accept it, or compensate the order', () => {
    expect(resolutionsFor('amount_differs', 'ship', false)).toEqual(['accept', 'fail']);
    expect(resolutionsFor('amount_differs', 'capture', false)).toEqual(['accept', 'fail']);
  });

  it('when a compensation is stuck: only to try again', () => {
    for (const step of STEPS) expect(resolutionsFor('parked', step, true)).toEqual(['retry']);
  });

  it('to any other kind: an acknowledgement', () => {
    expect(resolutionsFor('contradicting_event', 'deliver', false)).toEqual(['acknowledge']);
  });

  it.each(['run_closed', 'run_stuck'] as const)(
    'about the run itself, %s: a new run resumes or compensates the order, or a person acknowledges',
    (kind) => {
      expect(resolutionsFor(kind, null, false)).toEqual(['restart', 'fail', 'acknowledge']);
      expect(resolutionsFor(kind, null, false, true)).toEqual(['restart', 'acknowledge']);
    },
  );
});
