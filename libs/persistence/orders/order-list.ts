import type { AttentionKind } from '#libs/domain/order/attention';
import type { EndCode } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';

/** The position of an order in a list: by when it was placed, or changed, whichever the list goes by. */
export interface OrderPosition {
  readonly at: Date;
  readonly id: OrderId;
}

export interface OrderFilter {
  /** Any of these; all, where none is named. */
  readonly status?: readonly OrderStatus[];
  readonly payment?: PaymentStatus;
  readonly fulfilment?: FulfilmentStatus;
  /** What they are shown to wait for, and what that failed with. */
  readonly waitingFor?: StepName;
  readonly lastError?: string;
  /** Only orders that wait for a person. */
  readonly needsAttention?: boolean;
  readonly attentionKind?: AttentionKind;
  readonly endReason?: EndCode;
  readonly customerId?: string;
  /** In any case. */
  readonly email?: string;
  readonly sku?: string;
  readonly number?: string;
  readonly trackingNumber?: string;
  readonly createdFrom?: Date;
  /** This moment excluded. */
  readonly createdTo?: Date;
  /** The list goes by when orders were changed then, else by when they were placed. */
  readonly updatedSince?: Date;
}

export interface OrderPage extends OrderFilter {
  readonly order?: 'newest' | 'oldest';
  /** Only what comes after this one. */
  readonly after?: OrderPosition;
  readonly limit: number;
}
