/** A shopper's complaint at their bank, as the provider reports it. */
export interface Dispute {
  /** The provider's. */
  readonly id: string;
  /** Minor units. */
  readonly amount: number;
  /** In the provider's terms. */
  readonly status: string;
  readonly reason: string;
  readonly openedAt: Date;
}
