import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { DEPLOY, deployCommand } from './deploy-command.js';

const parse = (line: string, ownBuild: string | null = null) =>
  deployCommand(parseCommandLine(DEPLOY, line.split(' ').filter(Boolean)), ownBuild);

describe('the deploy command', () => {
  it.each([
    ['status', { does: 'status' }],
    ['promote --build 0.2.0', { does: 'promote', build: '0.2.0', wait: 120_000 }],
    ['promote --build 0.2.0 --wait 10s', { does: 'promote', build: '0.2.0', wait: 10_000 }],
    ['promote --unversioned', { does: 'promote', build: null, wait: 120_000 }],
    ['ramp 10 --build 0.2.0', { does: 'ramp', build: '0.2.0', percentage: 10, wait: 120_000 }],
    ['ramp 0', { does: 'unramp' }],
    ['retire --build 0.1.0', { does: 'retire', build: '0.1.0' }],
  ])('reads "%s"', (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  it('takes the build of its own environment, unless another is given', () => {
    expect(parse('promote', '0.2.0')).toMatchObject({ build: '0.2.0' });
    expect(parse('promote --build 0.3.0', '0.2.0')).toMatchObject({ build: '0.3.0' });
    expect(parse('promote --unversioned', '0.2.0')).toMatchObject({ build: null });
  });

  it.each([
    ['', 'It is none of the forms.'],
    ['rollback', 'It is none of the forms.'],
    ['promote', '--build is missing.'],
    ['retire', '--build is missing.'],
    ['promote --build 0.2.0 --unversioned', '--unversioned is given together with --build.'],
    ['promote 0.2.0', 'It is none of the forms.'],
    ['promote --build a:b', '--build is a:b, and must be the id of a build'],
    ['ramp --build 0.2.0', 'ramp takes a percentage from 0 to 100.'],
    ['ramp 101 --build 0.2.0', 'ramp takes a percentage from 0 to 100.'],
    ['ramp 10', '--build is missing.'],
    ['ramp 10 20 --build 0.2.0', '20 is too much.'],
  ])('answers "%s" with its fault, in the first line', (line, says) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(says);
  });
});
