import { expect, it } from 'vitest';

import { actorOf, personNamed } from './actor.js';

it('a service and a person are told apart', () => {
  expect(actorOf('shop')).toBe('service:shop');
  expect(actorOf(personNamed('019b7654-0000-7000-8000-000000000001'))).toBe(
    'person:019b7654-0000-7000-8000-000000000001',
  );
});
