import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { comparedText, discrepanciesTable, RECONCILE } from './reconcile-command.js';

const parse = (line: string) => parseCommandLine(RECONCILE, line.split(' ').filter(Boolean)).options;

describe('the reconcile command', () => {
  it('reads how far back to compare, and the minimum age', () => {
    expect(parse('--since 24h')).toEqual({ since: 86_400_000, 'min-age': 600_000 });
    expect(parse('--since 1h --min-age 0s')).toEqual({ since: 3_600_000, 'min-age': 0 });
  });

  it.each([
    ['', '--since is missing'],
    ['24h', "'24h'"],
    ['--since yesterday', '--since is yesterday, and must be a duration'],
    ['--since 1h --min-age soon', '--min-age is soon, and must be a duration'],
    ['--until 1h', '--until'],
  ])('"%s" is answered with its fault, in the first line', (line, says) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(new RegExp(`^.*${says}.*\nUsage: npm run reconcile`));
  });

  it('says how much was compared', () => {
    const result = { since: 0, until: 3_600_000, moved: 124, booked: 1, examined: 0, open: 2 };
    expect(comparedText(result)).toBe(
      '1970-01-01T00:00:00.000Z to 1970-01-01T01:00:00.000Z: 124 movements at the payment provider and 1 entry of ours compared, 0 orders looked into one by one, 2 discrepancies open',
    );
  });

  it('shows discrepancies in columns', () => {
    const discrepancy = {
      id: '1',
      kind: 'unknown_refund',
      objectId: 're_1',
      orderId: null,
      orderNumber: 'R-7K3M-92QD',
      expected: 0,
      found: 700,
      currency: 'EUR',
      openedAt: '2026-01-01T12:00:00.000Z',
      closedAt: null,
      closedBy: null,
      note: null,
    } as const;
    expect(
      discrepanciesTable([discrepancy, { ...discrepancy, kind: 'unknown_charge', orderNumber: null }]),
    ).toBe(
      `
kind            object  order        expected  found    since
unknown_refund  re_1    R-7K3M-92QD  0 EUR     700 EUR  2026-01-01T12:00:00.000Z
unknown_charge  re_1    -            0 EUR     700 EUR  2026-01-01T12:00:00.000Z`.trim(),
    );
  });
});
