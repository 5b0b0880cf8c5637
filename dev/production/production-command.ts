import { defineCommand, type OptionValues } from '#libs/command/command-line';
import { listOf, oneOf, optional, wholeNumber, withDefault } from '#libs/command/option';

import { PART_NAMES } from './parts.js';

export const PRODUCTION = defineCommand({
  name: 'npm run test:production --',
  about: [
    'Runs the tests that take too long for every change: on Temporal’s real server, with several of each process, under',
    'load for an hour, in containers, and through an upgrade and a restore. Two to three hours on two cores.',
  ],
  options: {
    engine: withDefault(
      oneOf('ENGINE', ['postgres', 'dev']),
      'postgres',
      'Temporal’s server on PostgreSQL, built with Go once, or its dev server',
    ),
    only: optional(listOf(oneOf('PART', PART_NAMES)), `run these parts of ${PART_NAMES.join(', ')}`),
    minutes: withDefault(wholeNumber(2, 24 * 60), '60', 'how long the load lasts'),
  },
});

export type ProductionOptions = OptionValues<typeof PRODUCTION.options>;
