import { parseArgs } from 'node:util';

/** How `npm run migrate` is used. */
export const USAGE = [
  'Usage: npm run migrate -- [--rolled-back NAME | --applied NAME]',
  'Applies the migrations that the database of DATABASE_URL does not have yet. After one that failed it goes on once',
  'it is told what became of that:',
  '  --rolled-back NAME  nothing of it is there, which is so unless another program applied it: it is tried again',
  '  --applied NAME      all of it is there, as it was completed by hand: it is left alone',
].join('\n');

/** What became of a migration that failed. */
export interface Resolved {
  readonly name: string;
  readonly as: 'rolled-back' | 'applied';
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError that says what there is */
export function resolvedFrom(argv: readonly string[]): Resolved | undefined {
  const { applied, 'rolled-back': rolledBack } = flags(argv);
  if (applied !== undefined && rolledBack !== undefined)
    throw new UsageError(`A migration is either rolled back or applied.\n${USAGE}`);
  if (applied !== undefined) return { name: applied, as: 'applied' };
  return rolledBack === undefined ? undefined : { name: rolledBack, as: 'rolled-back' };
}

function flags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { 'rolled-back': { type: 'string' }, applied: { type: 'string' } },
    }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.\n${USAGE}`);
  }
}
