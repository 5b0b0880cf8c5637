import { type CommandLine, defineCommand } from '#libs/command/command-line';
import { flag, oneOf, repeated } from '#libs/command/option';

import { PART_NAMES, type PartName } from '../stack/parts.js';

export const START = defineCommand({
  name: 'npm start --',
  about: ['Starts the whole system on this machine; Ctrl-C stops it.'],
  options: {
    fresh: flag('delete .data, where everything is kept, and begin anew'),
    without: repeated(oneOf('PART', PART_NAMES), 'leave a part out'),
  },
  notes: [
    `Parts: ${PART_NAMES.join(', ')}`,
    'Settings come from the environment and from .env; .env.example describes them.',
  ],
});

export interface StartOptions {
  /** Whether what earlier starts kept is deleted first. */
  readonly fresh: boolean;
  /** Parts that are started by hand, or that are to be missing. */
  readonly without: ReadonlySet<PartName>;
}

export function startOptions({ options }: CommandLine<typeof START.options>): StartOptions {
  return { fresh: options.fresh, without: new Set(options.without) };
}
