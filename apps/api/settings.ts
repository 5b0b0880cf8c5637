import type { Environment } from '#libs/config/environment';
import type { OrderPolicy } from '#libs/order/policy';

type ApiEnvironment = Environment<'carrierWebhooks' | 'pricing' | 'policy'>;

/** What this installation decides about new orders and webhooks. */
export class Settings {
  readonly currencies: readonly string[];
  /** A fraction. */
  readonly taxRate: number;
  /** Minor units. */
  readonly shippingFee: number;
  /** The rules that an order accepted now keeps. */
  readonly policy: OrderPolicy;
  readonly carrierSecret: string;

  constructor({ pricing, policy, carrierWebhooks }: ApiEnvironment) {
    this.currencies = pricing.CURRENCIES;
    this.taxRate = pricing.TAX_RATE;
    this.shippingFee = pricing.SHIPPING_FEE;
    this.policy = {
      reservationTtl: policy.RESERVATION_TTL,
      graceBeforeCharge: policy.GRACE_BEFORE_CHARGE,
      captureMode: policy.CAPTURE_MODE,
      paymentWindow: policy.PAYMENT_WINDOW,
      declineWindow: policy.DECLINE_WINDOW,
      deliveryDeadline: policy.DELIVERY_DEADLINE,
      retry: { attempts: policy.RETRY_ATTEMPTS, initial: policy.RETRY_INITIAL, max: policy.RETRY_MAX },
    };
    this.carrierSecret = carrierWebhooks.CARRIER_SECRET;
  }
}
