import { type CommandLine, defineCommand, usageError } from '#libs/command/command-line';
import { optional, text } from '#libs/command/option';

export const MIGRATE = defineCommand({
  name: 'npm run migrate --',
  forms: ['[--rolled-back NAME | --applied NAME]'],
  about: [
    'Applies the migrations that the database of DATABASE_URL does not have yet. After one that failed it goes on once',
    'say what became of that:',
  ],
  options: {
    'rolled-back': optional(
      text('NAME'),
      'nothing of it is there, which is so unless another program applied it: it is tried again',
    ),
    applied: optional(text('NAME'), 'all of it is there, as it was completed by hand: it is left alone'),
  },
});

/** What became of a migration that failed. */
export interface Resolved {
  readonly name: string;
  readonly as: 'rolled-back' | 'applied';
}

/** @throws UsageError that says what is wrong, and how the program is used */
export function resolvedFrom({
  options,
  operands,
}: CommandLine<typeof MIGRATE.options>): Resolved | undefined {
  const { applied, 'rolled-back': rolledBack } = options;
  if (operands.length > 0) throw usageError(MIGRATE, `${operands.join(' ')} is not an option.`);
  if (applied !== undefined && rolledBack !== undefined)
    throw usageError(MIGRATE, 'A migration is either rolled back or applied.');
  if (applied !== undefined) return { name: applied, as: 'applied' };
  return rolledBack === undefined ? undefined : { name: rolledBack, as: 'rolled-back' };
}
