import type { ExplanationView } from '#libs/contracts/http/explanation.api';
import type { Action, ActionOperation, Explanation } from '#libs/domain/explanation/explanation';
import type { Sentence } from '#libs/domain/explanation/sentences';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Scope } from '#libs/persistence/requests/api-key.repository';

import { OPERATIONS } from '../platform/openapi/operations.js';

interface Request {
  readonly method: 'GET' | 'POST';
  /** As openapi.json has it. */
  readonly path: string;
}

/** How each action is requested. */
export const ACTION_REQUESTS: Readonly<Record<ActionOperation, Request>> = {
  resolveAttention: { method: 'POST', path: '/orders/{id}/attention/{attentionId}/resolution' },
  requestCancellation: { method: 'POST', path: '/orders/{id}/cancellation' },
  requestRefund: { method: 'POST', path: '/orders/{id}/refunds' },
  attemptPayment: { method: 'POST', path: '/orders/{id}/payment-attempts' },
  readClientSecret: { method: 'GET', path: '/orders/{id}/payment/client-secret' },
};

/** @param scopes of the caller */
export function presentExplanation(
  id: OrderId,
  { cause, nextStep, latest, also, actions }: Explanation,
  scopes: readonly Scope[],
): ExplanationView {
  return {
    cause: presentSentence(cause),
    nextStep: presentSentence(nextStep),
    latest: latest && { at: latest.at, outcome: presentSentence(latest.outcome) },
    also: also.map(presentSentence),
    actions: actions.map((action) => presentAction(id, action, scopes)),
  };
}

const presentSentence = ({ code, message, parameters }: Sentence) => ({ code, message, parameters });

function presentAction(id: OrderId, action: Action, scopes: readonly Scope[]) {
  const { operation, attentionId, resolution } = action;
  const { method, path } = ACTION_REQUESTS[operation];
  const { access } = OPERATIONS[operation];
  return {
    ...presentSentence(action),
    operation,
    method,
    path: path.replace('{id}', id).replace('{attentionId}', attentionId ?? ''),
    body: resolution === null ? null : { action: resolution },
    scope: access,
    allowed: scopes.includes(access),
  };
}
