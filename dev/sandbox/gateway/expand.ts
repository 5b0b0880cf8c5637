import type { SandboxState } from '../sandbox-state.js';

/** An answer with the objects in place of their ids that the paths name, such as `data.source`. */
export function expanded(state: SandboxState, answer: object, paths: readonly string[] = []): object {
  return paths.reduce<object>((whole, path) => within(state, whole, path.split('.')), answer);
}

function within(state: SandboxState, part: object, [head, ...rest]: readonly string[]): object {
  if (head === undefined) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]: [string, unknown]) => [
      name,
      name === head ? replaced(state, value, rest) : value,
    ]),
  );
}

function replaced(state: SandboxState, value: unknown, rest: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => replaced(state, each, rest));
  const object = typeof value === 'string' ? named(state, value) : value;
  return typeof object === 'object' && object !== null ? within(state, object, rest) : value;
}

/** The prefix of an id names the kind of its object. */
function named(state: SandboxState, id: string): object | undefined {
  const collections = [
    state.intents,
    state.charges,
    state.refunds,
    state.disputes,
    state.balanceTransactions,
  ];
  return collections.map((collection): object | undefined => collection.get(id)).find(Boolean);
}
