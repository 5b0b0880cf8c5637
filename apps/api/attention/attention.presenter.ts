import type { AttentionEntry, AttentionView } from '#libs/contracts/http/attention.api';
import { resolutionsFor } from '#libs/domain/order/attention';
import type { ResolvableAttention } from '#libs/persistence/attention/attention.repository';
import type { AttentionRecord } from '#libs/persistence/orders/order-record';

/** An attention that waits, with what may be answered. Field by field, so that what the record gains is not shown by accident. */
export function presentAttention(attention: AttentionRecord, hasEnded: boolean): AttentionView {
  const { id, kind, step, isCompensation, reason, refundId, discrepancyId, openedAt } = attention;
  const resolutions = [...resolutionsFor(kind, step, isCompensation, hasEnded)];
  return { id, kind, step, isCompensation, reason, refundId, discrepancyId, openedAt, resolutions };
}

/** An attention as it is told of later, with what was answered. */
export function presentAttentionEntry(
  { resolution, ...attention }: ResolvableAttention,
  hasEnded: boolean,
): AttentionEntry {
  const shown = presentAttention(attention, hasEnded);
  if (resolution === null) return { ...shown, resolution };
  const { action, by, note, resolvedAt, appliedAt } = resolution;
  return { ...shown, resolutions: [], resolution: { action, by, note, resolvedAt, appliedAt } };
}
