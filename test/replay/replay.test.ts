import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { installQuietRuntime } from '../../apps/worker/replay/quiet-runtime.js';
import { WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import { orderId } from '#libs/domain/order/order-id';

import { CUSTOMER } from '../support/orders.js';
import { needlesFor, textOf, personalDataIn } from '../support/secrecy.js';
import { OrdersInFlightWouldBreak } from './orders-in-flight-would-break.js';
import { brokenKeptHistories, KEPT, workflowCode } from './replay.js';

/** The order's id, as the run was given it. */
const ORDER_ID = /"orderId":"([0-9a-f-]{36})"/;

/** The personal data of the customer of a kept order, with the field of each value. */
function personal(text: string): ReadonlyMap<string, string> {
  const { country: _tooCommon, ...address } = CUSTOMER.shippingAddress;
  const email = CUSTOMER.email(orderId(ORDER_ID.exec(text)?.[1] ?? ''));
  return new Map(
    Object.entries({ name: CUSTOMER.name, email, ...address }).map(([field, value]) => [value, field]),
  );
}

installQuietRuntime();
const code = await workflowCode(WORKFLOWS_PATH);

it('lets today’s workflow code resume every order in flight', async () => {
  const broken = await brokenKeptHistories(code);
  if (broken.length > 0) throw new OrdersInFlightWouldBreak(broken, KEPT.length);
});

describe('the kept histories', () => {
  it('are of every outcome', () => {
    const outcomes = KEPT.map(({ history }) => {
      const result = history.events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0];
      return result && defaultPayloadConverter.fromPayload(result);
    });
    expect(new Set(outcomes)).toEqual(new Set(['cancelled', 'delivered', 'rejected', 'undelivered']));
  });

  it('contain no personal data', () => {
    for (const { name, history } of KEPT) {
      const text = textOf(history);
      // The search is in texts, not in Temporal's encoding of them.
      expect(text).toMatch(ORDER_ID);
      expect(personalDataIn(needlesFor(personal(text)), { where: name, text })).toEqual([]);
    }
  });
});

describe('the workflow’s code', () => {
  it('carries nothing of the web', () => {
    expect(code).not.toMatch(/node_modules\/(zod|@nestjs|@prisma)\//);
  });
});
