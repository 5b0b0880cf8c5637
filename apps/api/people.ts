import { runCommand } from '#libs/command/run-command';
import { textTable } from '#libs/command/table';
import { environmentFor } from '#libs/config/environment';
import { ExplainedError } from '#libs/explained-error';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import type { PersonRecord } from '#libs/persistence/people/person.repository';
import { Store } from '#libs/persistence/store';

import { PEOPLE, type PeopleCommand, peopleCommand } from './platform/auth/people-command.js';

class NoSuchPerson extends ExplainedError {
  override readonly name = 'NoSuchPerson';
}

/** Lists, signs out and erases the people who sign in to the console: `npm run people`. */
async function run(command: PeopleCommand): Promise<string> {
  const { store: database } = environmentFor(['store']);
  const store = Store.open(database.DATABASE_URL, 1, databaseLimits(database));
  try {
    if (command.does === 'list') return textTable(COLUMNS, (await store.people.list()).map(row));
    const { does, id } = command;
    if (!(await store.people.find(id))) throw new NoSuchPerson(`There is no person ${id}; see: people list`);
    if (does === 'sign-out') return `ended ${await store.sessions.endAll(id)} sessions of ${id}`;
    await store.people.erase(id);
    return `erased the name and email address of ${id}, and ended the sessions`;
  } finally {
    await store.close();
  }
}

const COLUMNS = ['id', 'issuer', 'subject', 'name', 'email', 'signed in'];

const row = ({ id, issuer, subject, name, email, signedInAt }: PersonRecord) => [
  id,
  issuer,
  subject,
  name ?? '-',
  email ?? '-',
  signedInAt.toISOString(),
];

await runCommand(
  PEOPLE,
  async (line) => {
    console.log(await run(peopleCommand(line)));
  },
  (error) => failureSentence(error) ?? undefined,
);
