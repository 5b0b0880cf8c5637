import { describe, expect, it } from 'vitest';

import { grantedRoles, hasClaim, type RoleRule, ROLE_NAMES, ROLES, scopesOf } from './roles.js';

const RULES: readonly RoleRule[] = [
  { role: 'operator', value: 'order-operators' },
  { role: 'viewer', value: 'staff' },
  { role: 'viewer', value: 'urn:shop:auditors' },
];

describe('the roles of a person', () => {
  it.each([
    ['a list', { groups: ['staff', 'order-operators', 'football'] }, ['viewer', 'operator']],
    ['one value', { groups: 'staff' }, ['viewer']],
    ['a value with colons', { groups: ['urn:shop:auditors'] }, ['viewer']],
    ['an empty list', { groups: [] }, []],
    ['no claim', {}, []],
    ['other values', { groups: ['football'] }, []],
    ['a value in another case', { groups: ['Staff'] }, []],
    ['a value with more to it', { groups: ['staff,order-operators'] }, []],
    ['what is no text', { groups: [{ staff: true }, 1, null, ['staff']] }, []],
    ['an object', { groups: { staff: true } }, []],
  ])('are those of %s', (_, claims, roles) => {
    expect(grantedRoles(claims, 'groups', RULES)).toEqual(roles);
  });

  it.each([
    ['realm_access.roles', { realm_access: { roles: ['staff'] } }],
    ['https://shop.example/roles', { 'https://shop.example/roles': ['staff'] }],
  ])('are found at %s', (claim, claims) => {
    expect(grantedRoles(claims, claim, RULES)).toEqual(['viewer']);
    expect(hasClaim(claims, claim)).toBe(true);
  });

  it.each(['constructor', '__proto__', 'groups.length', 'toString.name', 'groups.0'])(
    'are not found at what every object has: %s',
    (claim) => {
      const rules = [{ role: 'operator', value: 'toString' }] as const;
      expect(grantedRoles({ other: ['staff'] }, claim, rules)).toEqual([]);
      expect(hasClaim({ other: ['staff'] }, claim)).toBe(false);
    },
  );

  it('are none without rules', () => {
    expect(grantedRoles({ groups: [undefined, 'staff'] }, 'groups', [])).toEqual([]);
  });
});

describe('the scopes of roles', () => {
  it('are those of all roles together, each once', () => {
    expect(scopesOf(['viewer', 'clerk'])).toEqual(['read', 'write']);
    expect(scopesOf([])).toEqual([]);
  });

  it('are none for a name that is no role', () => {
    expect(scopesOf(['admin', 'toString'])).toEqual([]);
  });

  it('exist for every role', () => {
    expect([...ROLE_NAMES].sort()).toEqual(Object.keys(ROLES).sort());
  });
});
