import { describe, expect, it } from 'vitest';

import { readSettings, type Source } from '#libs/config/settings';

import { SANDBOX_SETTINGS } from './sandbox-settings.js';

const read = (source: Source) => readSettings({ sandbox: SANDBOX_SETTINGS }, source).sandbox;

describe("the sandbox's settings", () => {
  it.each([
    [
      { GATEWAY_WEBHOOK_URL: 'http://127.0.0.1:3000/webhooks/stripe' },
      'STRIPE_WEBHOOK_SECRET must be set where GATEWAY_WEBHOOK_URL is',
    ],
    [{ STRIPE_WEBHOOK_SECRET: 'secret' }, 'STRIPE_WEBHOOK_SECRET must be whsec_'],
    [
      { GATEWAY_WEBHOOK_URL: 'here', STRIPE_WEBHOOK_SECRET: 'whsec_x' },
      'GATEWAY_WEBHOOK_URL is not a http:// or https:// URL',
    ],
  ])('say how to correct a wrong one: %j', (source, fault) => {
    expect(() => read(source)).toThrow(fault);
  });

  it('set when parcels move, or that they never do by themselves', () => {
    const after = (text: string) => read({ SANDBOX_DELIVERY_AFTER: text }).SANDBOX_DELIVERY_AFTER;
    expect(after('never')).toBeNull();
    expect(after('2s')).toBe(2_000);
    expect(after('')).toBe(15_000);
  });
});
