import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { KEYS, keysCommand } from './keys-command.js';

const DAY = 86_400_000;
const parse = (line: string) => keysCommand(parseCommandLine(KEYS, line.split(' ').filter(Boolean)));

describe('the keys command', () => {
  it('reads its three forms', () => {
    expect(parse('create --service shop --scopes read,write')).toEqual({
      does: 'create',
      service: 'shop',
      scopes: ['write', 'read'],
      lifetime: 365 * DAY,
    });
    expect(parse('list')).toEqual({ does: 'list' });
    expect(parse('revoke 019B7654-0000-7000-8000-000000000001')).toEqual({
      does: 'revoke',
      id: '019b7654-0000-7000-8000-000000000001',
    });
  });

  it.each([
    ['90d', 90 * DAY],
    ['12h', DAY / 2],
    ['never', null],
  ])('makes a key that works for %s', (expires, lifetime) => {
    expect(parse(`create --service shop --scopes read --expires ${expires}`)).toMatchObject({ lifetime });
  });

  it.each([
    ['', 'none of the three forms'],
    ['make', 'none of the three forms'],
    ['list all', 'none of the three forms'],
    ['revoke', 'none of the three forms'],
    ['revoke mine', 'not the id of a key'],
    ['create', '--service is missing'],
    ['create --service shop', '--scopes is missing'],
    ['create --service shop --scopes read,all', '--scopes is read,all, and must be one of'],
    ['create --service a/b --scopes read', '--service is a/b, and must be'],
    ['create --service shop --scopes read --expires tomorrow', '--expires is tomorrow, and must be'],
    ['create --service shop --scopes read --expires 0s', '--expires is 0s, and must be'],
    ['create --service shop --scopes read --expires 4000d', '--expires is 4000d, and must be'],
    ['list --expires 90d', 'none of the three forms'],
    ['create --srevice shop', '--srevice'],
  ])('"%s" is answered with its fault, in the first line', (line, says) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(new RegExp(`^.*${says}.*\nUsage: `));
  });
});
