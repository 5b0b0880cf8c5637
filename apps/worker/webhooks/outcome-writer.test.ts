import { expect, it } from 'vitest';

import type { EndedAttempt } from '#libs/persistence/webhooks/webhook-delivery.repository';

import { OutcomeWriter } from './outcome-writer.js';

const ended = (id: string): EndedAttempt => ({
  taken: { id, fence: 1 },
  failure: null,
  status: 204,
  at: new Date(0),
  duration: 1,
  answer: null,
  pause: null,
  setback: null,
});

/** @returns a writer, what each of its statements had, and what lets the statements go on */
function writing(fails: (batch: readonly string[]) => boolean = () => false) {
  const batches: string[][] = [];
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const writer = new OutcomeWriter({
    settle: async (attempts) => {
      const ids = attempts.map(({ taken }) => taken.id);
      batches.push(ids);
      await gate;
      if (fails(ids)) throw new Error('the database is away');
      return ids.filter((id) => id !== 'taken over').map((id) => ({ id, disabled: id === 'last' }));
    },
  });
  return { writer, batches, goOn: () => goOn() };
}

it('what ends while a statement runs is written together by the next one', async () => {
  const { writer, batches, goOn } = writing();
  const all = ['first', 'second', 'taken over', 'last'].map((id) => writer.write(ended(id)));
  expect(batches).toEqual([['first']]);
  goOn();
  expect(await Promise.all(all)).toEqual([
    { id: 'first', disabled: false },
    { id: 'second', disabled: false },
    null,
    { id: 'last', disabled: true },
  ]);
  expect(batches).toEqual([['first'], ['second', 'taken over', 'last']]);
});

it('a statement that fails fails those in it alone, and later ones are written', async () => {
  const { writer, goOn } = writing((ids) => ids.includes('first'));
  const [first, second] = [writer.write(ended('first')), writer.write(ended('second'))];
  goOn();
  await expect(first).rejects.toThrow('the database is away');
  expect(await second).toEqual({ id: 'second', disabled: false });
  expect(await writer.write(ended('third'))).toEqual({ id: 'third', disabled: false });
});
