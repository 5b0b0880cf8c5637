import { type CommandLine, defineCommand, usageError } from '#libs/command/command-line';
import { listOf, oneOf, optional, text, type Value, withDefault } from '#libs/command/option';
import { parseDuration } from '#libs/config/duration';
import { type Scope, SCOPES } from '#libs/persistence/requests/api-key.repository';

export type KeysCommand =
  | {
      readonly does: 'create';
      readonly service: string;
      readonly scopes: readonly Scope[];
      /** Milliseconds; null for a key that does not expire. */
      readonly lifetime: number | null;
    }
  | { readonly does: 'list' }
  | { readonly does: 'revoke'; readonly id: string };

const SERVICE = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Milliseconds: ten years. A key that is to work longer never expires. */
const LONGEST = 3_650 * 86_400_000;

const lifetime: Value<{ readonly ms: number | null }> = {
  takes: 'TIME',
  range: 'at most 3650d, or never',
  must: 'a duration of at most 3650d, such as 90d or 12h, or never',
  parse(given) {
    if (given === 'never') return { ms: null };
    const ms = parseDuration(given) ?? 0;
    return ms > 0 && ms <= LONGEST ? { ms } : undefined;
  },
};

export const KEYS = defineCommand({
  name: 'npm run -s keys --',
  forms: ['create --service NAME --scopes SCOPE,… [--expires TIME]', 'list', 'revoke ID'],
  about: ['Makes, lists and revokes the keys to the API. A key is shown once, when it is made.'],
  options: {
    service: optional(
      text('NAME', SERVICE, '1 to 63 letters, digits, dots, dashes or underscores'),
      'whose key it is; limits are counted by it',
    ),
    scopes: optional(
      listOf(oneOf('SCOPE', SCOPES)),
      `what the key allows: one or more of ${SCOPES.join(', ')}, separated by commas`,
    ),
    expires: withDefault(lifetime, '365d', 'how long it works'),
  },
});

/** @throws UsageError with the fault, and the usage of the program */
export function keysCommand({ options, given, operands }: CommandLine<typeof KEYS.options>): KeysCommand {
  const [verb, id, ...rest] = operands;
  if (verb === 'create' && id === undefined) {
    const { service, scopes, expires } = options;
    if (service === undefined) throw usageError(KEYS, '--service is missing.');
    if (scopes === undefined) throw usageError(KEYS, '--scopes is missing.');
    return {
      does: 'create',
      service,
      scopes: SCOPES.filter((scope) => scopes.includes(scope)),
      lifetime: expires.ms,
    };
  }
  if (verb === 'list' && id === undefined && given.length === 0) return { does: 'list' };
  if (verb === 'revoke' && id !== undefined && rest.length === 0 && given.length === 0) {
    const lower = id.toLowerCase();
    if (!UUID.test(lower)) throw usageError(KEYS, `${id} is not the id of a key, as list shows it.`);
    return { does: 'revoke', id: lower };
  }
  throw usageError(KEYS, 'It is none of the three forms.');
}
