import type { AttentionEntry, AttentionView } from '#libs/contracts/http/attention.api';
import { resolutionsFor } from '#libs/domain/order/attention';
import type { ResolvableAttention } from '#libs/persistence/attention/attention.repository';
import type { AttentionRecord } from '#libs/persistence/orders/order-record';

/** An open attention with its possible resolutions. Field by field, so that no new field of the record is exposed. */
export function presentAttention(attention: AttentionRecord, hasEnded: boolean): AttentionView {
  const { id, kind, step, isCompensation, reason, refundId, discrepancyId, openedAt } = attention;
  const resolutions = [...resolutionsFor(kind, step, isCompensation, hasEnded)];
  return { id, kind, step, isCompensation, reason, refundId, discrepancyId, openedAt, resolutions };
}

/** An attention with its resolution. */
export function presentAttentionEntry(
  { resolution, ...attention }: ResolvableAttention,
  hasEnded: boolean,
): AttentionEntry {
  const shown = presentAttention(attention, hasEnded);
  if (resolution === null) return { ...shown, resolution };
  const { action, by, note, resolvedAt, appliedAt } = resolution;
  return { ...shown, resolutions: [], resolution: { action, by, note, resolvedAt, appliedAt } };
}
