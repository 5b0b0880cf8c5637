import type { SessionView } from '#libs/contracts/http/console.api';
import { ROLE_NAMES, scopesOf } from '#libs/domain/people/roles';

import type { Session } from '../platform/auth/sessions.js';

/** @param idleTimeout in milliseconds */
export const presentSession = (
  { personId, name, email, roles, csrfToken, expiresAt }: Session,
  idleTimeout: number,
): SessionView => ({
  person: { id: personId, name, email },
  roles: ROLE_NAMES.filter((role) => roles.includes(role)),
  scopes: [...scopesOf(roles)],
  csrfToken,
  expiresAt: expiresAt.toISOString(),
  idleTimeout: Math.floor(idleTimeout / 1_000),
});
