import { expect, it } from 'vitest';

import { statementSummary } from './statement-summary.js';

it.each([
  ['INSERT INTO orders (id) VALUES ($1)', 'INSERT orders'],
  [
    `WITH asked AS (SELECT * FROM orders WHERE id = $1), begun AS (
       INSERT INTO effect (key) SELECT $2 FROM asked ON CONFLICT (key) DO UPDATE SET fence = effect.fence + 1 RETURNING *)
     SELECT * FROM asked o`,
    'INSERT effect',
  ],
  [
    `WITH before AS (SELECT id FROM orders WHERE id = $1 FOR NO KEY UPDATE), changed AS (
       UPDATE orders o SET version = 2 FROM before b WHERE o.id = b.id RETURNING o.id),
     told AS (DELETE FROM order_wait w USING changed c WHERE w.order_id = c.id)
     SELECT EXISTS (SELECT 1 FROM changed) AS written`,
    'UPDATE orders DELETE order_wait',
  ],
  ['UPDATE ONLY_ONE SET a = 1', 'UPDATE ONLY_ONE'],
  [
    `SELECT o.*, jsonb_build_object('dispute', (SELECT d.id FROM dispute d WHERE d.order_id = o.id)) FROM (
       SELECT * FROM orders WHERE id = $1) o`,
    'SELECT orders',
  ],
  ['WITH asked AS (SELECT * FROM orders WHERE id = $1) SELECT a.* FROM asked a', 'SELECT orders'],
  ['SELECT "public"."product"."sku" FROM "public"."product" WHERE "sku" IN ($1,$2)', 'SELECT product'],
  ['SELECT 1', 'SELECT'],
  ['BEGIN', 'BEGIN'],
  ["SET LOCAL statement_timeout = '5000'", 'SET'],
  ['', 'SQL'],
])('%s is %s', (text, summary) => {
  expect(statementSummary(text)).toBe(summary);
});

it('names no value, whatever the statement has', () => {
  const text = `SELECT id FROM orders WHERE customer_email = 'ada@example.com' AND note = 'INSERT INTO ada (x)'`;
  expect(statementSummary(text)).not.toContain('example.com');
});
