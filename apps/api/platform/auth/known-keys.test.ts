import { expect, it } from 'vitest';

import type { Principal } from '#libs/persistence/requests/api-key.repository';

import { KNOWN_FOR, KnownKeys } from './known-keys.js';

const SHOP: Principal = {
  service: 'shop',
  scopes: ['write'],
  credentialId: '019b7654-0000-7000-8000-00000000000c',
};

/** Keys in a database that answers as it is told, and how often it was asked. */
function keysOver(answer: () => Principal | null) {
  const database = { asked: 0 };
  const keys = new KnownKeys({
    apiKeys: {
      authenticate: async () => {
        database.asked += 1;
        return answer();
      },
    },
  });
  return { database, keys };
}

it('a key is read once for all requests of its time, also of those that come at once', async () => {
  const { database, keys } = keysOver(() => SHOP);
  const at = [0, 0, 1, KNOWN_FOR - 1];
  expect(await Promise.all(at.map((now) => keys.authenticate('op_1', now)))).toEqual(at.map(() => SHOP));
  expect(database.asked).toBe(1);
});

it('a revoked key works no longer than that', async () => {
  let answer: Principal | null = SHOP;
  const { keys } = keysOver(() => answer);
  await keys.authenticate('op_1', 0);
  answer = null;
  expect(await keys.authenticate('op_1', KNOWN_FOR - 1)).toEqual(SHOP);
  expect(await keys.authenticate('op_1', KNOWN_FOR)).toBeNull();
});

it('a key that does not work is read each time, so that a new one works at once', async () => {
  let answer: Principal | null = null;
  const { keys } = keysOver(() => answer);
  expect(await keys.authenticate('op_1', 0)).toBeNull();
  answer = SHOP;
  expect(await keys.authenticate('op_1', 1)).toEqual(SHOP);
});

it('one key is never taken for another', async () => {
  const { database, keys } = keysOver(() => SHOP);
  for (const key of ['op_1', 'op_2', 'OP_1']) await keys.authenticate(key, 0);
  expect(database.asked).toBe(3);
});

it('a database that is away is asked again by the next request', async () => {
  let isAway = true;
  const { keys } = keysOver(() => {
    if (isAway) throw new Error('away');
    return SHOP;
  });
  await expect(keys.authenticate('op_1', 0)).rejects.toThrow('away');
  isAway = false;
  expect(await keys.authenticate('op_1', 1)).toEqual(SHOP);
});
