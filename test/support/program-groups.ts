import { PROGRAM_GROUPS as DEPLOYED } from '#libs/config/program-groups';

import type { LOCAL_GROUPS } from '../../dev/stack/local-settings.js';

export type GroupName = keyof typeof LOCAL_GROUPS;

/** Which groups of variables each program reads that the compose file runs. */
export const PROGRAM_GROUPS: Readonly<
  Record<'api' | 'worker' | 'sandbox' | 'migrate', readonly GroupName[]>
> = {
  ...DEPLOYED,
  sandbox: ['sandbox', 'paymentWebhooks', 'carrierWebhooks', 'logs'],
  migrate: ['store', 'migration'],
};
