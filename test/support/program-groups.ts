import type { LOCAL_GROUPS } from '../../dev/stack/local-settings.js';

export type GroupName = keyof typeof LOCAL_GROUPS;

/** Which groups of variables each of our programs reads. */
export const PROGRAM_GROUPS: Readonly<
  Record<'api' | 'worker' | 'sandbox' | 'migrate', readonly GroupName[]>
> = {
  api: [
    'store',
    'temporal',
    'payments',
    'paymentWebhooks',
    'providers',
    'carrierWebhooks',
    'api',
    'metrics',
    'pricing',
    'policy',
    'traces',
    'logs',
  ],
  worker: [
    'store',
    'temporal',
    'deployment',
    'payments',
    'carrier',
    'mail',
    'providers',
    'worker',
    'reconciliation',
    'metrics',
    'traces',
    'logs',
  ],
  sandbox: ['sandbox', 'paymentWebhooks', 'carrierWebhooks', 'logs'],
  migrate: ['store', 'migration'],
};
