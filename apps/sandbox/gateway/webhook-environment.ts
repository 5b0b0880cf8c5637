import { z } from 'zod';

import { InvalidEnvironment } from '#libs/config/environment';

import type { EventWebhooks } from './events.js';

const schema = z.object({
  GATEWAY_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: 'is not a URL' }),
  STRIPE_WEBHOOK_SECRET: z
    .string('is not set')
    .regex(/^whsec_\w+$/, 'must be whsec_…, as the service has it'),
});

/**
 * Where the gateway tells its events; nowhere, unless GATEWAY_WEBHOOK_URL is set.
 *
 * @throws InvalidEnvironment when it is set and what goes with it does not fit
 */
export function eventWebhooks(environment: NodeJS.ProcessEnv): EventWebhooks | undefined {
  if (!environment['GATEWAY_WEBHOOK_URL']) return undefined;
  const parsed = schema.safeParse(environment);
  if (parsed.success) {
    return { url: parsed.data.GATEWAY_WEBHOOK_URL, secret: parsed.data.STRIPE_WEBHOOK_SECRET };
  }
  const faults = parsed.error.issues.map(({ path, message }) => `  - ${path.join('.')} ${message}`);
  throw new InvalidEnvironment(['The environment is not usable:', ...faults].join('\n'));
}
