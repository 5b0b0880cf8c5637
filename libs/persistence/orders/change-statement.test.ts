import { describe, expect, it } from 'vitest';

import { Prisma } from '../generated/client.js';
import { ChangeStatement } from './change-statement.js';

const statement = () => new ChangeStatement({ id: 'order-1', version: 7 });
const ONE = Prisma.sql`SELECT 1`;

describe('the statement of a change', () => {
  it('locks the order under its version, and changes it', () => {
    const { text, values } = statement().text();
    expect(text).toMatch(
      /^WITH before AS \(\s*SELECT id FROM orders WHERE .* FOR NO KEY UPDATE\),changed AS/,
    );
    expect(values).toEqual(['order-1', 7]);
  });

  it('has its parts in an order in which each can refer to those before it', () => {
    const change = statement();
    change.also('later', ONE);
    const first = change.prepare('first', ONE);
    change.check('second', Prisma.sql`SELECT 1 FROM ${first}`);
    change.claim('third', Prisma.sql`SELECT 1 FROM ${change.before} b`);
    const names = [...change.text().text.matchAll(/(\w+) AS \(/g)].map(([, name]) => name);
    expect(names).toEqual(['before', 'first', 'second', 'third', 'changed', 'later']);
  });

  it('builds each condition on those before it, and the change on all of them', () => {
    const change = statement();
    expect(change.before.text).toBe('before');
    change.check('open', ONE);
    expect(change.before.text).toContain('EXISTS (SELECT 1 FROM open)');
    change.claim('asked', ONE);
    expect(change.text().text).toContain(
      'WHERE EXISTS (SELECT 1 FROM open) AND EXISTS (SELECT 1 FROM asked)) b WHERE o.id = b.id',
    );
  });

  it('refuses two conditions that write, and two parts of one name', () => {
    const change = statement();
    change.claim('asked', ONE);
    expect(() => change.claim('settled', ONE)).toThrow('cannot depend on both asked and settled');
    expect(() => change.also('asked', ONE)).toThrow('two parts of one change are called asked');
  });
});
