import { describe, expect, it } from 'vitest';

import { eventWebhooks } from './webhook-environment.js';

const url = 'http://127.0.0.1:3000/webhooks/stripe';

describe("the gateway's webhooks", () => {
  it('are off unless they have somewhere to go', () => {
    expect(eventWebhooks({})).toBeUndefined();
    expect(eventWebhooks({ GATEWAY_WEBHOOK_URL: '', STRIPE_WEBHOOK_SECRET: 'whsec_x' })).toBeUndefined();
  });

  it('go to their address, signed', () => {
    expect(eventWebhooks({ GATEWAY_WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: 'whsec_x' })).toEqual({
      url,
      secret: 'whsec_x',
    });
  });

  it.each([
    [{ GATEWAY_WEBHOOK_URL: url }, /STRIPE_WEBHOOK_SECRET/],
    [{ GATEWAY_WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: 'secret' }, /STRIPE_WEBHOOK_SECRET must be whsec_/],
    [{ GATEWAY_WEBHOOK_URL: 'here', STRIPE_WEBHOOK_SECRET: 'whsec_x' }, /GATEWAY_WEBHOOK_URL is not a URL/],
  ])('are refused with %j', (environment, message) => {
    expect(() => eventWebhooks(environment)).toThrow(message);
  });
});
