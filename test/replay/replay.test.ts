import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import { OrdersInFlightWouldBreak } from './orders-in-flight-would-break.js';
import { brokenHistories, installQuietRuntime, KEPT, workflowCode } from './replay.js';

installQuietRuntime();
const code = await workflowCode(WORKFLOWS_PATH);

it('lets today’s workflow code take over every order in flight', async () => {
  const broken = await brokenHistories(code);
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

  it('carry no word of a person', () => {
    for (const { json } of KEPT) expect(json).not.toMatch(/Lovelace|example\.com|St James/);
  });
});

describe('the workflow’s code', () => {
  it('carries nothing of the web', () => {
    expect(code).not.toMatch(/node_modules\/(zod|@nestjs|@prisma)\//);
  });
});
