import { parseArgs } from 'node:util';

import { type Scope, SCOPES } from '#libs/store/api-key.repository';

export type KeysCommand =
  | { readonly does: 'create'; readonly service: string; readonly scopes: readonly Scope[] }
  | { readonly does: 'list' }
  | { readonly does: 'revoke'; readonly id: string };

export class BadCommand extends Error {
  override readonly name = 'BadCommand';
}

const USAGE = `usage: keys create --service <name> --scopes ${SCOPES.join(',')} | keys list | keys revoke <id>`;
const SERVICE = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws BadCommand with one line that says what is wrong */
export function parseKeysCommand(args: readonly string[]): KeysCommand {
  const { values, positionals } = parse(args);
  const [verb, id, ...rest] = positionals;
  const named = values.service !== undefined || values.scopes !== undefined;
  if (verb === 'create' && id === undefined) {
    return { does: 'create', service: serviceOf(values.service), scopes: scopesOf(values.scopes) };
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
      options: { service: { type: 'string' }, scopes: { type: 'string' } },
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
