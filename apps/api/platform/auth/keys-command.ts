import { parseArgs } from 'node:util';

import { parseDuration } from '#libs/config/duration';
import { type Scope, SCOPES } from '#libs/persistence/requests/api-key.repository';

export type KeysCommand =
  | {
      readonly does: 'create';
      readonly service: string;
      readonly scopes: readonly Scope[];
      /** Milliseconds that the key works; null for as long as it is not revoked. */
      readonly lifetime: number | null;
    }
  | { readonly does: 'list' }
  | { readonly does: 'revoke'; readonly id: string };

export class BadCommand extends Error {
  override readonly name = 'BadCommand';
}

const USAGE = `usage: keys create --service <name> --scopes ${SCOPES.join(',')} [--expires 90d|never] | keys list | keys revoke <id>`;
const DEFAULT_LIFETIME = '365d';
/** How `npm run keys` is used. */
export const HELP = [
  'Usage: npm run -s keys -- create --service NAME --scopes SCOPE,… [--expires 90d|never]',
  '       npm run -s keys -- list',
  '       npm run -s keys -- revoke ID',
  'Makes, lists and revokes the keys to the API. A key is shown once, when it is made.',
  '  --service NAME   whose key it is; limits are counted by it',
  `  --scopes SCOPE   what it may do: one or more of ${SCOPES.join(', ')}, separated by commas`,
  `  --expires TIME   how long it works, at most 3650d, or never; by default ${DEFAULT_LIFETIME}`,
].join('\n');
/** Milliseconds: ten years. What is to work longer never expires. */
const LONGEST = 3_650 * 86_400_000;
const SERVICE = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws BadCommand with one line that says what is wrong */
export function parseKeysCommand(args: readonly string[]): KeysCommand {
  const { values, positionals } = parse(args);
  const [verb, id, ...rest] = positionals;
  const named = Object.keys(values).length > 0;
  if (verb === 'create' && id === undefined) {
    const [service, scopes] = [serviceOf(values.service), scopesOf(values.scopes)];
    return { does: 'create', service, scopes, lifetime: lifetimeOf(values.expires) };
  }
  if (verb === 'list' && id === undefined && !named) return { does: 'list' };
  if (verb === 'revoke' && id !== undefined && rest.length === 0 && !named) {
    if (!UUID.test(id.toLowerCase())) throw new BadCommand(`${id} is not the id of a key; see: keys list`);
    return { does: 'revoke', id: id.toLowerCase() };
  }
  throw new BadCommand(USAGE);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { service: { type: 'string' }, scopes: { type: 'string' }, expires: { type: 'string' } },
      allowPositionals: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ', 1)[0] : 'cannot be read';
    throw new BadCommand(`${reason}; ${USAGE}`);
  }
}

function serviceOf(service: string | undefined): string {
  if (service === undefined) throw new BadCommand(`--service is missing; ${USAGE}`);
  if (!SERVICE.test(service)) {
    throw new BadCommand('--service must be 1 to 63 letters, digits, dots, dashes or underscores');
  }
  return service;
}

function scopesOf(list: string | undefined): Scope[] {
  if (list === undefined) throw new BadCommand(`--scopes is missing; ${USAGE}`);
  const asked = list.split(',').map((scope) => scope.trim());
  const unknown = asked.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) {
    throw new BadCommand(`--scopes: "${unknown}" is not one of ${SCOPES.join(', ')}`);
  }
  return SCOPES.filter((known) => asked.includes(known));
}

function lifetimeOf(text = DEFAULT_LIFETIME): number | null {
  if (text === 'never') return null;
  const lifetime = parseDuration(text) ?? 0;
  if (lifetime > 0 && lifetime <= LONGEST) return lifetime;
  throw new BadCommand('--expires must be a duration of at most 3650d, such as 90d or 12h, or never');
}
