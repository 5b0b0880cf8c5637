import { describe, expect, it } from 'vitest';

import { TargetPolicy } from './target-policy.js';

const strict = new TargetPolicy();

describe('in production', () => {
  it.each(['93.184.216.34', '1.1.1.1', '223.255.255.1', '2606:4700:4700::1111', '2a00:1450:4001::8a'])(
    'events are sent to %s over TLS alone',
    (address) => {
      expect(strict.admits(address, 'https:')).toBe(true);
      expect(strict.admits(address, 'http:')).toBe(false);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:93.184.216.34',
    '64:ff9b::7f00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    'not an address',
  ])('nothing is sent to %s', (address) => {
    expect(strict.admits(address, 'https:')).toBe(false);
  });

  it.each([
    ['https://shop.example/hooks?token=1', null],
    ['https://shop.example:8443/', null],
    ['http://shop.example/', 'not_https'],
    ['ftp://shop.example/', 'not_https'],
    ['shop.example', 'not_a_url'],
    ['https://user:secret@shop.example/', 'has_credentials'],
    ['https://user@shop.example/', 'has_credentials'],
    ['https://shop.example/#part', 'has_fragment'],
    ['https://127.0.0.1/', 'not_public'],
    ['https://2130706433/', 'not_public'],
    ['https://0x7f.1/', 'not_public'],
    ['https://[::1]/', 'not_public'],
    ['https://[::ffff:127.0.0.1]/', 'not_public'],
    ['https://169.254.169.254/latest/meta-data', 'not_public'],
  ])('%s: %s', (url, fault) => {
    expect(strict.faultOf(url)).toBe(fault);
  });
});

describe('where networks are named', () => {
  const laptop = new TargetPolicy(['loopback']);
  const inside = new TargetPolicy(['10.1.0.0/16', 'fd00:1::/32', '192.168.1.7']);

  it('events go there without TLS, too', () => {
    expect(laptop.admits('127.0.0.1', 'http:')).toBe(true);
    expect(laptop.admits('::1', 'http:')).toBe(true);
    expect(inside.admits('10.1.2.3', 'http:')).toBe(true);
    expect(inside.admits('fd00:1::2', 'https:')).toBe(true);
    expect(inside.admits('192.168.1.7', 'https:')).toBe(true);
    expect(laptop.faultOf('http://127.0.0.1:4000/hooks')).toBeNull();
    expect(laptop.faultOf('http://localhost:4000/hooks')).toBeNull();
  });

  it('and nowhere else', () => {
    expect(laptop.admits('10.1.2.3', 'https:')).toBe(false);
    expect(laptop.admits('93.184.216.34', 'http:')).toBe(false);
    expect(inside.admits('10.2.0.1', 'https:')).toBe(false);
    expect(inside.admits('127.0.0.1', 'https:')).toBe(false);
    expect(laptop.faultOf('http://10.1.2.3/')).toBe('not_public');
    expect(laptop.faultOf('http://93.184.216.34/')).toBe('not_public');
  });
});
