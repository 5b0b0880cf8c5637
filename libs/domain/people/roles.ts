/** What a person may do, as scopes of the public API. */
export const ROLES = {
  viewer: ['read'],
  clerk: ['read', 'write'],
  operator: ['read', 'write', 'operate'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = ['viewer', 'clerk', 'operator'] as const satisfies readonly Role[];

type RoleScope = (typeof ROLES)[Role][number];

/** The scopes of all of these roles together. A name that is no role any more gives none. */
export const scopesOf = (roles: readonly string[]): readonly RoleScope[] => [
  ...new Set(ROLE_NAMES.filter((role) => roles.includes(role)).flatMap((role) => [...ROLES[role]])),
];

/** That a value of the claim gives a role. */
export interface RoleRule {
  readonly role: Role;
  readonly value: string;
}

/** The roles that the claims of an identity provider give: none where the claim is missing, or no rule knows its values. */
export function grantedRoles(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
  rules: readonly RoleRule[],
): readonly Role[] {
  const values = valuesOf(claimNamed(claims, claim));
  return ROLE_NAMES.filter((role) => rules.some((rule) => rule.role === role && values.includes(rule.value)));
}

/** Whether the claim is among the claims, with or without values. */
export const hasClaim = (claims: Readonly<Record<string, unknown>>, claim: string): boolean =>
  claimNamed(claims, claim) !== undefined;

/** A claim by its name, which may contain dots, or by its path, such as `realm_access.roles`. */
function claimNamed(claims: Readonly<Record<string, unknown>>, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  return claim.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return Object.getOwnPropertyDescriptor(value, name)?.value;
  }, claims);
}

function valuesOf(claim: unknown): readonly unknown[] {
  return Array.isArray(claim) ? claim : [claim];
}
