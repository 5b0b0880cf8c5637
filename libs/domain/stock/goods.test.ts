import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MOVEMENT_SIGN, movementsFor } from './goods.js';
import { FULFILMENT, type FulfilmentStatus } from '../order/states.js';

/** The statuses in which the books must have the goods outside the stock. */
const AWAY: readonly FulfilmentStatus[] = ['shipped', 'delivered', 'lost'];

/** A legal life of a parcel from its first label on. */
const life = fc.array(fc.nat(), { maxLength: 12 }).map((choices) => {
  const path: FulfilmentStatus[] = ['reserved', 'ready'];
  for (const choice of choices) {
    const ways = FULFILMENT[path.at(-1) ?? 'ready'];
    const next = ways[choice % ways.length];
    if (next !== undefined) path.push(next);
  }
  return path;
});

const movementsOf = (path: readonly FulfilmentStatus[]) =>
  path.slice(1).flatMap((to, index) => movementsFor(path[index] ?? 'none', to));

describe('goods, for any events of their parcel', () => {
  it('leave at most once and come back at most once', () => {
    fc.assert(
      fc.property(life, (path) => {
        const kinds = movementsOf(path);
        expect(kinds.filter((kind) => MOVEMENT_SIGN[kind] === -1).length).toBeLessThanOrEqual(1);
        expect(kinds.filter((kind) => MOVEMENT_SIGN[kind] === 1).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('are counted where they are', () => {
    fc.assert(
      fc.property(life, (path) => {
        const net = movementsOf(path).reduce((sum, kind) => sum + MOVEMENT_SIGN[kind], 0);
        // By strict comparison, which takes 0 and −0 for the same.
        expect(net === (AWAY.includes(path.at(-1) ?? 'none') ? -1 : 0), path.join(' → ')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never come back before they have left', () => {
    fc.assert(
      fc.property(life, (path) => {
        const [first] = movementsOf(path);
        expect(first).not.toBe('returned');
      }),
    );
  });

  it('do not move before the carrier has them', () => {
    expect(movementsOf(['none', 'reserved', 'ready', 'reserved', 'released'])).toEqual([]);
  });
});

it.each([
  ['picked up, then delivered', ['ready', 'shipped', 'delivered'], ['shipped']],
  ['delivered without a word before', ['ready', 'delivered'], ['shipped']],
  ['returned without a word before', ['ready', 'returned'], ['shipped', 'returned']],
  ['lost before it was picked up', ['ready', 'lost'], ['lost']],
  ['lost on its way', ['ready', 'shipped', 'lost'], ['shipped']],
  ['lost, then found', ['ready', 'lost', 'delivered'], ['lost']],
  ['lost, then sent back', ['ready', 'lost', 'returned'], ['lost', 'returned']],
  ['sent back by the shopper', ['ready', 'shipped', 'delivered', 'returned'], ['shipped', 'returned']],
] as const)('a parcel that is %s moves goods like this', (_, path, kinds) => {
  expect(movementsOf(path)).toEqual(kinds);
});
