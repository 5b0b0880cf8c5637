import { parseArgs } from 'node:util';

import { ExplainedError } from './explained-error.js';
import { isPartName, PART_NAMES, type PartName } from '../stack/parts.js';

export interface Arguments {
  /** Begin anew: delete what earlier runs kept. */
  fresh: boolean;
  /** Parts somebody starts by hand, or wants to see missing. */
  without: ReadonlySet<PartName>;
}

/** How `npm start` is used. */
export const USAGE = [
  'Usage: npm start -- [--fresh] [--without PART]…',
  'Starts the whole system on this machine; Ctrl-C stops it.',
  '  --fresh         delete .data, where everything is kept, and begin anew',
  '  --without PART  leave a part out; may be repeated',
  `Parts: ${PART_NAMES.join(', ')}`,
  'Settings come from the environment and from .env; .env.example describes them.',
].join('\n');

export class UsageError extends ExplainedError {
  override readonly name = 'UsageError';
}

/** @throws UsageError that says what there is */
export function parseArguments(argv: readonly string[]): Arguments {
  const { fresh, without } = flags(argv);
  const unknown = without.filter((name) => !isPartName(name));
  if (unknown.length > 0) throw new UsageError(`There is no part named ${unknown.join(' or ')}.\n${USAGE}`);
  return { fresh, without: new Set(without.filter(isPartName)) };
}

function flags(argv: readonly string[]): { fresh: boolean; without: string[] } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        fresh: { type: 'boolean', default: false },
        without: { type: 'string', multiple: true, default: [] },
      },
    });
    return values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.\n${USAGE}`);
  }
}
