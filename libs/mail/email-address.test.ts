import { describe, expect, it } from 'vitest';

import { emailAddress, wireAddress } from './email-address.js';

const LABEL = 'a'.repeat(63);

describe('an email address', () => {
  it.each([
    ['ada@example.com'],
    ['x=y@example.com'],
    ["o'neil+mugs@example.co.uk"],
    ['a!#$%&*/?^_`{|}~-b@example.com'],
    ['Ada@Example.COM'],
    ['1@2.example.com'],
    [`${'a'.repeat(64)}@example.com`],
    [`a@${LABEL}.com`],
    ['ada@пример.рф'],
    ['ada@münchen.de'],
    ['ada@例え.テスト'],
    ['ada@مثال.مصر'],
  ])('is kept as it is typed: %s', (address) => {
    expect(emailAddress(address)).toBe(address);
  });

  it.each([
    ['ada@xn--e1afmkfd.xn--p1ai', 'ada@пример.рф'],
    ['ada@XN--E1AFMKFD.xn--p1ai', 'ada@пример.рф'],
    ['ada@ПРИМЕР.рф', 'ada@пример.рф'],
    ['Ada@xn--mnchen-3ya.de', 'Ada@münchen.de'],
    ['ada@ｅxample.com', 'ada@example.com'],
    ['ada@shop.example。com', 'ada@shop.example.com'],
    ['ada@ﬁsh.com', 'ada@fish.com'],
  ])('has one form, whichever way it comes: %s', (address, kept) => {
    expect(emailAddress(address)).toBe(kept);
    expect(wireAddress(kept)).toMatch(/^[ -~]+$/);
    expect(emailAddress(wireAddress(kept))).toBe(kept);
  });

  it.each([
    ['nothing', ''],
    ['no mailbox', '@example.com'],
    ['no domain', 'ada@'],
    ['a name', 'ada'],
    ['a quoted local part', '"ada lovelace"@example.com'],
    ['a local part in another script', 'адa@example.com'],
    ['a dot at the start', '.ada@example.com'],
    ['two dots', 'ada..l@example.com'],
    ['two addresses', 'a@example.com,b@example.com'],
    ['two @', 'a@b@example.com'],
    ['a comment', 'ada(l)@example.com'],
    ['an address literal', 'ada@[192.0.2.1]'],
    ['an IP address', 'ada@192.0.2.1'],
    ['a host without a domain', 'ada@localhost'],
    ['a hyphen at an edge', 'ada@-example.com'],
    ['an underscore', 'ada@exa_mple.com'],
    ['a line break', 'ada@example.com\n'],
    ['a bidirectional control', 'ada@exam\u202eple.com'],
    ['half of a surrogate pair', 'ada@\ud800.com'],
    ['letters of both directions', 'ada@אבa.com'],
    ['what is no punycode', 'ada@xn--zzzz9999.com'],
    ['a long local part', `${'a'.repeat(65)}@example.com`],
    ['a long part of a domain', `a@${LABEL}a.com`],
    ['a domain that is long as it is sent', `a@${'я'.repeat(60)}.рф`],
    ['too long a whole', `a@${`${LABEL}.`.repeat(4)}com`],
  ])('is none with %s', (_, address) => {
    expect(emailAddress(address)).toBeNull();
  });

  it('is read in a time that grows with its length alone', () => {
    const hostile = [`${'a.'.repeat(50_000)}@`, `a@${'a.'.repeat(50_000)}`, `a@${'я-'.repeat(50_000)}`];
    const began = performance.now();
    for (const address of hostile) expect(emailAddress(address)).toBeNull();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
