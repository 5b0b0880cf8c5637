import { OPERATIONS } from '../../dev/sandbox/faults.js';
import { script } from '../../dev/sandbox/test-sandbox.js';

import type { OwnPostgres } from '../support/own-postgres.js';
import type { System } from '../support/system.js';

/** Something that is done to a running system, and undone. */
interface Fault {
  /** Milliseconds after the start. */
  readonly at: number;
  readonly what: string;
  act(): Promise<void>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** How long a provider is away each time. */
const OUTAGE = 15 * SECOND;
/** More than there are calls in an outage. */
const ALL_CALLS = 10_000;

/**
 * What happens to a system in so many minutes, in order: each minute the second worker and the second API are killed,
 * and a provider is away; twice in all, PostgreSQL crashes.
 */
export function faultsFor(minutes: number, system: System, postgres: OwnPostgres): Fault[] {
  const faults: Fault[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const add = (seconds: number, what: string, act: () => Promise<void>) =>
      faults.push({ at: minute * MINUTE + seconds * SECOND, what, act });
    add(20, 'worker killed', () => system.replaceOne('worker', 1));
    add(50, 'API killed', () => system.replaceOne('api', 1));
    const [provider, begin] = OUTAGES[minute % OUTAGES.length] ?? ['', async () => undefined];
    add(30, `${provider} away`, () => begin(system));
    add(30 + OUTAGE / SECOND, `${provider} back`, () => endOutages(system));
  }
  for (const share of [1 / 3, 2 / 3])
    faults.push({
      at: share * minutes * MINUTE + 5 * SECOND,
      what: 'PostgreSQL restarted',
      async act() {
        await postgres.crash();
        await postgres.start();
      },
    });
  return faults.toSorted((a, b) => a.at - b.at);
}

type Outage = readonly [provider: string, begin: (system: System) => Promise<void>];

const isCarrier = (operation: string) => operation.startsWith('shipments.');

const outageOf = (operations: readonly (typeof OPERATIONS)[number][]) => async (system: System) => {
  for (const operation of operations)
    await script(system.sandbox, { operation, fault: 'drop_before', times: ALL_CALLS });
};

const OUTAGES: readonly Outage[] = [
  ['payment provider', outageOf(OPERATIONS.filter((operation) => !isCarrier(operation)))],
  ['carrier', outageOf(OPERATIONS.filter(isCarrier))],
  [
    'mail server',
    async ({ inbox }) => {
      inbox.answer = { code: 451, times: ALL_CALLS };
    },
  ],
];

async function endOutages({ sandbox, inbox }: System): Promise<void> {
  inbox.answer = undefined;
  await fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' });
}
