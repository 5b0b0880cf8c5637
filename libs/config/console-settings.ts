import { z } from 'zod';

import { ROLE_NAMES, type RoleRule } from '#libs/domain/people/roles';

import { durations, flag, list, positive, text, url } from './variable.js';

const RULE = new RegExp(`^(${ROLE_NAMES.join('|')}):\\S`);

const DAY = 86_400_000;

/** What people sign in with: all of them, or none. */
const SIGN_IN = [
  'CONSOLE_URL',
  'CONSOLE_OIDC_ISSUER',
  'CONSOLE_OIDC_CLIENT_ID',
  'CONSOLE_OIDC_CLIENT_SECRET',
] as const;

/** What the console reads. */
export const CONSOLE_SETTINGS = z
  .object({
    NODE_ENV: text('leave it out, or set production').optional(),
    CONSOLE_URL: url(['https:', 'http:'], 'https://orders.shop.example')
      .refine((value) => !URL.canParse(value) || new URL(value).origin === value.replace(/\/$/, ''), {
        message: 'must be no more than scheme, host and port, such as https://orders.shop.example',
      })
      .optional(),
    CONSOLE_OIDC_ISSUER: url(['https:', 'http:'], 'https://login.shop.example').optional(),
    CONSOLE_OIDC_CLIENT_ID: text('leave it out if people do not sign in').optional(),
    CONSOLE_OIDC_CLIENT_SECRET: text('leave it out if people do not sign in').optional(),
    CONSOLE_OIDC_SCOPES: z
      .string()
      .regex(
        /^(?=.*\bopenid\b)[\w:./-]+( [\w:./-]+)*$/,
        'must be scopes separated by spaces, openid among them',
      )
      .default('openid profile email'),
    CONSOLE_ROLES_CLAIM: text('the default is groups').default('groups'),
    CONSOLE_ROLES: list(
      '',
      RULE,
      `${ROLE_NAMES.join(', ')} with a value each, such as operator:order-operators`,
    ).transform((entries) => entries.flatMap(ruleOf)),
    CONSOLE_SESSION_IDLE: positive('30m').refine((ms) => ms <= DAY, 'must not be longer than 24h'),
    CONSOLE_SESSION_LIFETIME: positive('12h').refine((ms) => ms <= 30 * DAY, 'must not be longer than 30d'),
    CONSOLE_DEVELOPMENT_SIGN_IN: flag('false'),
  })
  .superRefine((settings, context) => {
    const refuse = (variable: keyof typeof settings, message: string) =>
      context.addIssue({ code: 'custom', path: [variable], message });
    const isProduction = settings.NODE_ENV === 'production';
    const isWanted =
      SIGN_IN.slice(1).some((name) => settings[name] !== undefined) || settings.CONSOLE_ROLES.length > 0;
    for (const name of SIGN_IN)
      if (isWanted && settings[name] === undefined)
        refuse(
          name,
          `is not set: people sign in with ${SIGN_IN.join(', ')} and CONSOLE_ROLES, or with none of them`,
        );
    if (isWanted && settings.CONSOLE_ROLES.length === 0)
      refuse('CONSOLE_ROLES', 'is not set: without a rule no person would have a role');
    for (const name of ['CONSOLE_URL', 'CONSOLE_OIDC_ISSUER'] as const) {
      const value = settings[name];
      if (value === undefined || value.startsWith('https:')) continue;
      if (isProduction || !isLoopback(value))
        refuse(name, 'must be an https:// URL; http:// is for a laptop, on loopback');
    }
    if (!settings.CONSOLE_DEVELOPMENT_SIGN_IN) return;
    if (isProduction)
      refuse(
        'CONSOLE_DEVELOPMENT_SIGN_IN',
        'must not be true with NODE_ENV=production, where every caller could sign in',
      );
    else if (settings.CONSOLE_URL === undefined || !isLoopback(settings.CONSOLE_URL))
      refuse(
        'CONSOLE_DEVELOPMENT_SIGN_IN',
        'must not be true unless CONSOLE_URL is on loopback, such as http://127.0.0.1:3000',
      );
  })
  .refine((settings) => settings.CONSOLE_SESSION_IDLE <= settings.CONSOLE_SESSION_LIFETIME, {
    when: ({ value }) => durations(value, ['CONSOLE_SESSION_IDLE', 'CONSOLE_SESSION_LIFETIME']),
    path: ['CONSOLE_SESSION_IDLE'],
    message: 'must not be longer than CONSOLE_SESSION_LIFETIME',
  });

const isLoopback = (address: string): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);

function ruleOf(entry: string): RoleRule[] {
  const [, name = '', value = ''] = /^(\w+):(.+)$/.exec(entry) ?? [];
  return ROLE_NAMES.filter((role) => role === name).map((role) => ({ role, value }));
}
