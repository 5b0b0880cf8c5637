import type { Environment } from '#libs/config/environment';
import type { ShippingFee } from '#libs/config/shipping-fee';
import { WORKFLOW_VERSIONS } from '#libs/contracts/workflows/workflow-version';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { RoleRule } from '#libs/domain/people/roles';
import type { SessionLimits } from '#libs/persistence/people/session.repository';

type ApiEnvironment = Environment<
  | 'api'
  | 'console'
  | 'payments'
  | 'paymentWebhooks'
  | 'carrierWebhooks'
  | 'outgoingWebhooks'
  | 'pricing'
  | 'policy'
>;

/** How people sign in to the console. */
export interface ConsoleSettings {
  /** Where browsers reach it, without a path; undefined where people do not sign in. */
  readonly origin: string | undefined;
  readonly provider:
    | {
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret: string;
        readonly scopes: string;
        readonly rolesClaim: string;
        readonly roleRules: readonly RoleRule[];
      }
    | undefined;
  readonly hasDevelopmentSignIn: boolean;
  readonly sessions: SessionLimits;
}

function consoleSettings(console: ApiEnvironment['console']): ConsoleSettings {
  const { CONSOLE_URL, CONSOLE_OIDC_ISSUER, CONSOLE_OIDC_CLIENT_ID, CONSOLE_OIDC_CLIENT_SECRET } = console;
  return {
    origin: CONSOLE_URL === undefined ? undefined : new URL(CONSOLE_URL).origin,
    provider:
      CONSOLE_OIDC_ISSUER !== undefined &&
      CONSOLE_OIDC_CLIENT_ID !== undefined &&
      CONSOLE_OIDC_CLIENT_SECRET !== undefined
        ? {
            issuer: CONSOLE_OIDC_ISSUER,
            clientId: CONSOLE_OIDC_CLIENT_ID,
            clientSecret: CONSOLE_OIDC_CLIENT_SECRET,
            scopes: console.CONSOLE_OIDC_SCOPES,
            rolesClaim: console.CONSOLE_ROLES_CLAIM,
            roleRules: console.CONSOLE_ROLES,
          }
        : undefined,
    hasDevelopmentSignIn: console.CONSOLE_DEVELOPMENT_SIGN_IN,
    sessions: { idle: console.CONSOLE_SESSION_IDLE, lifetime: console.CONSOLE_SESSION_LIFETIME },
  };
}

/** The settings of the API. */
export class Settings {
  readonly currencies: readonly string[];
  /** A fraction. */
  readonly taxRate: number;
  readonly shippingFee: ShippingFee;
  /** The policy of orders accepted from now on. */
  readonly policy: OrderPolicy;
  /** What the carrier signs its webhooks with; two during a rotation. */
  readonly carrierSecrets: readonly string[];
  /** The secrets of the payment provider's webhooks; two during a rotation. */
  readonly paymentSecrets: readonly string[];
  /** What events are signed with, and where they may be sent to. */
  readonly webhooks: {
    /** The first encrypts; none where events are not sent. */
    readonly secretKeys: readonly string[];
    readonly allowedNetworks: readonly string[];
    /** Milliseconds. */
    readonly secretOverlap: number;
  };
  /** Requests a second. */
  readonly rateLimit: number;
  /** Requests that may wait for an outcome at the same time. */
  readonly maxWaiting: number;
  readonly eventStreams: {
    /** How many may be open: in this process, and of each service. */
    readonly atMost: number;
    readonly perService: number;
    /** Milliseconds of silence before a heartbeat. */
    readonly heartbeat: number;
    /** Milliseconds that one is open at the most. */
    readonly duration: number;
  };
  /** Milliseconds to keep accepting requests after the stop signal. */
  readonly drainDelay: number;
  /** Whether the payment provider's key is a live one. */
  readonly isLive: boolean;
  readonly console: ConsoleSettings;

  constructor({ api, console, pricing, policy, payments, ...webhooks }: ApiEnvironment) {
    const { paymentWebhooks, carrierWebhooks, outgoingWebhooks } = webhooks;
    this.webhooks = {
      secretKeys: outgoingWebhooks.WEBHOOK_SECRET_KEY,
      allowedNetworks: outgoingWebhooks.WEBHOOK_ALLOWED_NETWORKS,
      secretOverlap: outgoingWebhooks.WEBHOOK_SECRET_OVERLAP,
    };
    this.rateLimit = api.RATE_LIMIT;
    this.drainDelay = api.DRAIN_DELAY;
    this.eventStreams = {
      atMost: api.MAX_EVENT_STREAMS,
      perService: api.MAX_EVENT_STREAMS_PER_SERVICE,
      heartbeat: api.EVENT_STREAM_HEARTBEAT,
      duration: api.EVENT_STREAM_DURATION,
    };
    this.maxWaiting = Math.ceil(api.MAX_CONNECTIONS / 2);
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
      workflowVersion: WORKFLOW_VERSIONS.newOrders,
    };
    this.carrierSecrets = carrierWebhooks.CARRIER_SECRET;
    this.paymentSecrets = paymentWebhooks.STRIPE_WEBHOOK_SECRET;
    this.console = consoleSettings(console);
    this.isLive = /^\w\w_live_/.test(payments.STRIPE_SECRET_KEY);
  }
}
