import { describe, expect, it } from 'vitest';

import { BadCommand, parseKeysCommand } from './keys-command.js';

const parse = (line: string) => parseKeysCommand(line.split(' ').filter(Boolean));

describe('the keys command', () => {
  it('reads its three forms', () => {
    expect(parse('create --service shop --scopes read,write')).toEqual({
      does: 'create',
      service: 'shop',
      scopes: ['write', 'read'],
    });
    expect(parse('list')).toEqual({ does: 'list' });
    expect(parse('revoke 019B7654-0000-7000-8000-000000000001')).toEqual({
      does: 'revoke',
      id: '019b7654-0000-7000-8000-000000000001',
    });
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
    ['create --srevice shop', '--srevice'],
  ])('"%s" is told in one line what is wrong', (line, says) => {
    expect(() => parse(line)).toThrow(BadCommand);
    expect(() => parse(line)).toThrow(says);
    expect(() => parse(line)).not.toThrow('\n');
  });
});
