import { z } from 'zod';

import { ROLE_NAMES, ROLES } from '#libs/domain/people/roles';

import { Uuid } from './uuid.api.js';

/**
 * A path of the console, in visible ASCII: no part of it is empty or begins with a dot, so that no browser reads it as
 * another host, or as a way out.
 */
const ReturnPath = z
  .string()
  .max(1_000)
  .regex(
    /^\/console(?:\/[\w~%-][\w.~%-]*)*\/?(?:\?[\w.~%!$&'()*+,;=:@/?-]*)?$/,
    'must be a path of the console, such as /console/orders',
  );

/** The query of `GET /console/sign-in`. */
export const BeginSignIn = z.strictObject({
  returnTo: ReturnPath.default('/console').describe('The page that the person comes back to'),
});
export type BeginSignIn = z.output<typeof BeginSignIn>;

/** The query that an identity provider sends people back with; the client of OpenID Connect reads it. */
export const FinishSignIn = z.looseObject({
  state: z.string().max(3_000).optional().describe('Of the sign-in'),
  code: z.string().max(8_000).optional().describe('What the tokens are fetched with; left out with an error'),
  error: z.string().max(200).optional().describe('Why the provider refused'),
});
export type FinishSignIn = z.output<typeof FinishSignIn>;

/** The body of `POST /console/development-sign-in`. */
export const DevelopmentSignIn = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 small letters, digits or dashes, a letter first')
      .default('developer')
      .describe('Who; another name is another person'),
    role: z.enum(ROLE_NAMES).default('operator'),
  })
  .meta({ id: 'DevelopmentSignIn', examples: [{ name: 'developer', role: 'operator' }] });
export type DevelopmentSignIn = z.output<typeof DevelopmentSignIn>;

/** How people sign in here. */
export const SignInView = z
  .object({
    provider: z.boolean().describe('Whether `GET /console/sign-in` leads to an identity provider'),
    development: z.boolean().describe('Whether `POST /console/development-sign-in` signs in with one click'),
  })
  .meta({ id: 'SignIn' });
export type SignInView = z.output<typeof SignInView>;

const name = z.string().nullable().describe('As the identity provider told it last; null where it is erased');

/** Who is signed in. */
export const SessionView = z
  .object({
    person: z.object({ id: z.uuid(), name, email: z.string().nullable() }),
    roles: z.array(z.enum(ROLE_NAMES)),
    scopes: z.array(z.enum(ROLES.operator)).describe('What the roles allow, as an API key has it'),
    csrfToken: z.string().describe('For the header `X-CSRF-Token` of every request that changes something'),
    expiresAt: z.iso.datetime().describe('When the session ends, however much it is used'),
    idleTimeout: z.int().describe('Seconds without a request after which it ends sooner'),
  })
  .meta({ id: 'Session' });
export type SessionView = z.output<typeof SessionView>;

/** What names a person in an address. */
export const PersonAddress = z.strictObject({ id: Uuid });
export type PersonAddress = z.output<typeof PersonAddress>;

/** A person of the audit trail, where `actor` is `person:` and this id. */
export const PersonView = z
  .object({
    id: z.uuid(),
    issuer: z.string().describe('The identity provider'),
    subject: z.string().describe('What the identity provider names the person by'),
    name,
  })
  .meta({ id: 'Person' });
export type PersonView = z.output<typeof PersonView>;
