import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { PEOPLE, peopleCommand } from './people-command.js';

const ID = '019b7654-0000-7000-8000-000000000001';
const parse = (line: string) => peopleCommand(parseCommandLine(PEOPLE, line.split(' ').filter(Boolean)));

describe('the people command', () => {
  it('reads its three forms', () => {
    expect(parse('list')).toEqual({ does: 'list' });
    expect(parse(`sign-out ${ID}`)).toEqual({ does: 'sign-out', id: ID });
    expect(parse(`erase ${ID.toUpperCase()}`)).toEqual({ does: 'erase', id: ID });
  });

  it.each(['', 'list all', 'erase', `erase ${ID} ${ID}`, 'erase ada', `delete ${ID}`])(
    '"%s" is answered with its fault',
    (line) => {
      expect(() => parse(line)).toThrow(UsageError);
    },
  );
});
