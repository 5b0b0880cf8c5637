import { describe, expect, it } from 'vitest';

import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

describe('a key to the API', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  const idOf = async (service: string) => {
    const keys = await bench.store.apiKeys.list();
    return keys.find((key) => key.service === service)?.id ?? '';
  };

  it('identifies the calling service, and its scopes', async () => {
    const key = await bench.store.apiKeys.create('shop', ['write', 'read']);
    expect(key).toMatch(/^op_[\w-]{43}$/);
    expect(await bench.store.apiKeys.authenticate(key)).toEqual({
      service: 'shop',
      scopes: ['write', 'read'],
      credentialId: await idOf('shop'),
    });
  });

  it('is one of many that a service may have, so that they can be rotated', async () => {
    const [old, next] = [
      await bench.store.apiKeys.create('rotating', ['read']),
      await bench.store.apiKeys.create('rotating', ['read']),
    ];
    expect(old).not.toBe(next);
    await bench.store.apiKeys.revoke(await idOf('rotating'));
    expect(await bench.store.apiKeys.authenticate(old)).toBeNull();
    expect(await bench.store.apiKeys.authenticate(next)).toMatchObject({ service: 'rotating' });
  });

  it.each([
    ['nothing', () => ''],
    ['another key', () => `op_${'A'.repeat(43)}`],
    ['a key in another case', (key: string) => key.toLowerCase()],
    ['a key with something after it', (key: string) => `${key} `],
    ['what is stored of it', () => undefined],
  ])('is not %s', async (_, make) => {
    const key = await bench.store.apiKeys.create('strict', ['operate']);
    const [row] = await bench.database.apiKey.findMany({ orderBy: { createdAt: 'desc' }, take: 1 });
    expect(await bench.store.apiKeys.authenticate(make(key) ?? row?.hash ?? '')).toBeNull();
  });

  it('is kept nowhere', async () => {
    const key = await bench.store.apiKeys.create('secretive', ['read']);
    const rows = JSON.stringify([await bench.database.apiKey.findMany(), await bench.store.apiKeys.list()]);
    expect(rows).toContain('secretive');
    expect(rows).not.toContain(key);
    expect(rows).not.toContain(key.slice(3));
  });

  it('opens nothing once it is revoked, which happens once', async () => {
    const key = await bench.store.apiKeys.create('leaving', ['write']);
    const id = await idOf('leaving');
    expect(await Promise.all([bench.store.apiKeys.revoke(id), bench.store.apiKeys.revoke(id)])).toEqual(
      expect.arrayContaining([true, false]),
    );
    expect(await bench.store.apiKeys.authenticate(key)).toBeNull();
    const listed = (await bench.store.apiKeys.list()).find((entry) => entry.id === id);
    expect(listed).toMatchObject({ service: 'leaving', scopes: ['write'], revokedAt: expect.any(Date) });
  });

  it('opens nothing once its time is over', async () => {
    const over = await bench.store.apiKeys.create('late', ['write'], new Date(Date.now() - 1_000));
    const good = await bench.store.apiKeys.create('early', ['write'], new Date(Date.now() + 60_000));
    expect(await bench.store.apiKeys.authenticate(over)).toBeNull();
    expect(await bench.store.apiKeys.authenticate(good)).toMatchObject({ service: 'early' });
    const listed = (await bench.store.apiKeys.list()).find((entry) => entry.service === 'late');
    expect(listed).toMatchObject({ expiresAt: expect.any(Date), revokedAt: null });
  });

  it('cannot be revoked by an id that is none', async () => {
    expect(await bench.store.apiKeys.revoke("x' OR true --")).toBe(false);
    expect(await bench.store.apiKeys.revoke('019b7654-0000-7000-8000-000000000001')).toBe(false);
  });
});
