import { type CommandLine, defineCommand, usageError } from '#libs/command/command-line';

export type PeopleCommand =
  { readonly does: 'list' } | { readonly does: 'sign-out' | 'erase'; readonly id: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const PEOPLE = defineCommand({
  name: 'npm run -s people --',
  forms: ['list', 'sign-out ID', 'erase ID'],
  about: [
    'Lists the people who signed in to the console, signs one out everywhere, or erases the name and email address.',
  ],
  options: {},
});

/** @throws UsageError with the fault, and the usage of the program */
export function peopleCommand({ operands }: CommandLine<typeof PEOPLE.options>): PeopleCommand {
  const [verb, given, ...rest] = operands;
  if (verb === 'list' && given === undefined) return { does: 'list' };
  if ((verb === 'sign-out' || verb === 'erase') && given !== undefined && rest.length === 0) {
    const id = given.toLowerCase();
    if (!UUID.test(id)) throw usageError(PEOPLE, `${given} is not the id of a person, as list shows it.`);
    return { does: verb, id };
  }
  throw usageError(PEOPLE, 'It is none of the three forms.');
}
