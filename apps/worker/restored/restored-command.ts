import { defineCommand } from '#libs/command/command-line';

export const RESTORED = defineCommand({
  name: 'npm run restored --',
  about: [
    'After PostgreSQL or Temporal was restored from a backup, and before workers are started again: has every open order',
    'resumed by a new run, which goes by what is stored and by what Stripe and the carrier know. May be repeated.',
  ],
  options: {},
});
