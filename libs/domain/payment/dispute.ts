/** A shopper's complaint at their bank, as the provider reports it. */
export interface Dispute {
  /** The provider's. */
  readonly id: string;
  /** Minor units. */
  readonly amount: number;
  /** The provider's words. */
  readonly status: string;
  readonly reason: string;
  readonly openedAt: Date;
}
