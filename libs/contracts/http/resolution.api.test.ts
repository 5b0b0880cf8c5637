import { describe, expect, it } from 'vitest';

import { ResolveAttention } from './resolution.api.js';

describe("an operator's answer", () => {
  it.each([
    { action: 'retry' },
    { action: 'skip', note: '' },
    { action: 'fail', note: 'One line,\nanother' },
  ])('may be %o', (body) => {
    expect(ResolveAttention.safeParse(body).success).toBe(true);
  });

  it.each([
    {},
    { action: 'refund' },
    { action: 'retry', note: 'a\0b' },
    { action: 'retry', note: '\ud800' },
    { action: 'retry', note: 'n'.repeat(1001) },
    { action: 'retry', by: 'me' },
  ])('may not be %o', (body) => {
    expect(ResolveAttention.safeParse(body).success).toBe(false);
  });
});
