/** The token under which the payment provider is injected. */
export const PAYMENT_GATEWAY = Symbol('payment gateway');
