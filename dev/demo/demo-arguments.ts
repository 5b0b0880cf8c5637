import { parseArgs } from 'node:util';

import { UsageError } from '../command/arguments.js';
import { ACTS } from './acts.js';

/** How `npm run demo` is used. */
export const USAGE = [
  'Usage: npm run demo -- [--act N]…',
  'Shows what this system promises, on a system of its own, which it breaks in ten ways.',
  '  --act N   play one act only; may be repeated',
  'Acts:',
  ...ACTS.map(({ title }, index) => `  ${index + 1}  ${title}`),
].join('\n');

/**
 * The numbers of the acts to play, from 1, in the order of the play; all of them when none is named.
 *
 * @throws UsageError that says what there is
 */
export function actsFrom(argv: readonly string[]): number[] {
  const named = flags(argv);
  const numbers = ACTS.map((_, index) => index + 1);
  const unknown = named.filter((name) => !numbers.some((number) => String(number) === name));
  if (unknown.length > 0) throw new UsageError(`There is no act ${unknown.join(' or ')}.\n${USAGE}`);
  return named.length === 0 ? numbers : numbers.filter((number) => named.includes(String(number)));
}

function flags(argv: readonly string[]): string[] {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { act: { type: 'string', multiple: true, default: [] } },
    });
    return values.act;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.\n${USAGE}`);
  }
}
