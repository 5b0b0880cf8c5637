import { describe, expect, it } from 'vitest';

import { BadCommand, parseKeysCommand } from './keys-command.js';

const DAY = 86_400_000;
const parse = (line: string) => parseKeysCommand(line.split(' ').filter(Boolean));

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
    ['', 'usage'],
    ['make', 'usage'],
    ['list all', 'usage'],
    ['revoke', 'usage'],
    ['revoke mine', 'keys list'],
    ['create', '--service is missing'],
    ['create --service shop', '--scopes is missing'],
    ['create --service shop --scopes read,all', '"all"'],
    ['create --service a/b --scopes read', '--service must be'],
    ['create --service shop --scopes read --expires tomorrow', '--expires must be'],
    ['create --service shop --scopes read --expires 0s', '--expires must be'],
    ['create --service shop --scopes read --expires 4000d', '--expires must be'],
    ['list --expires 90d', 'usage'],
    ['create --srevice shop', '--srevice'],
  ])('"%s" is told in one line what is wrong', (line, says) => {
    expect(() => parse(line)).toThrow(BadCommand);
    expect(() => parse(line)).toThrow(says);
    expect(() => parse(line)).not.toThrow('\n');
  });
});
