import { ExplainedError } from '#libs/explained-error';
import { runCommand } from '#libs/command/run-command';
import { textTable } from '#libs/command/table';
import { environmentFor } from '#libs/config/environment';
import type { ApiKeyRecord } from '#libs/persistence/requests/api-key.repository';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';

import { KEYS, type KeysCommand, keysCommand } from './platform/auth/keys-command.js';

class NoSuchKey extends ExplainedError {
  override readonly name = 'NoSuchKey';
}

/** Creates, lists and revokes API keys: `npm run keys`. */
async function run(command: KeysCommand): Promise<string> {
  const { store: database } = environmentFor(['store']);
  const store = Store.open(database.DATABASE_URL, 1, databaseLimits(database));
  try {
    if (command.does === 'create') {
      const { service, scopes, lifetime } = command;
      const expiresAt = lifetime === null ? null : new Date(Date.now() + lifetime);
      return await store.apiKeys.create(service, scopes, expiresAt);
    }
    if (command.does === 'list') return textTable(COLUMNS, (await store.apiKeys.list()).map(row));
    if (await store.apiKeys.revoke(command.id)) return `revoked ${command.id}`;
    throw new NoSuchKey(`No key ${command.id} is in use; see: keys list`);
  } finally {
    await store.close();
  }
}

const COLUMNS = ['id', 'service', 'scopes', 'created', 'expires', 'revoked'];

const row = ({ id, service, scopes, createdAt, expiresAt, revokedAt }: ApiKeyRecord) => [
  id,
  service,
  scopes.join(','),
  createdAt.toISOString(),
  expiresAt?.toISOString() ?? 'never',
  revokedAt?.toISOString() ?? '-',
];

await runCommand(
  KEYS,
  async (line) => {
    console.log(await run(keysCommand(line)));
  },
  (error) => failureSentence(error) ?? undefined,
);
