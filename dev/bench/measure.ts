import { writeFileSync } from 'node:fs';

import { usageError } from '#libs/command/command-line';

import { runOnIsolatedStack } from '../stack/isolated-stack.js';
import { type BenchRun, measureCost } from './bench.js';
import { BENCH, type BenchOptions, type Measurement } from './bench-command.js';
import { BenchSystem, type Extent } from './bench-system.js';
import { measureCapacity } from './capacity.js';
import { measureEventStreams } from './event-streams.js';
import { measureHotSku } from './hot-sku.js';
import { readMachine } from './machine.js';
import { measureOpenOrders } from './open-orders-report.js';
import { measureSteadyLoad } from './steady-load.js';
import { measureStoredOrders } from './stored-orders.js';
import { TraceSink } from './trace-sink.js';

/** What a measurement found, in the form of the JSON and for a person. */
interface Measured {
  readonly report: object;
  readonly table: string;
}

const VARIABLES = {
  // Parcels arrive at once: the cost of an order is measured, not how long it waits.
  SANDBOX_DELIVERY_AFTER: '0s',
  // The load comes from one service.
  RATE_LIMIT: '100000',
  MAX_EVENT_STREAMS: '10000',
  MAX_EVENT_STREAMS_PER_SERVICE: '10000',
};

/** How each measurement is made; its option is set. */
const MEASURED: Readonly<Record<Measurement, (run: BenchRun, options: BenchOptions) => Promise<Measured>>> = {
  cost: measureCost,
  workers: (run, { workers = [] }) => measureCapacity({ ...run, workers }),
  'open-orders': (run, { 'open-orders': openOrders = 0, 'open-runs': openRuns }) =>
    measureOpenOrders({ ...run, openOrders, openRuns }),
  'stored-orders': (run, { 'stored-orders': storedOrders = 0 }) =>
    measureStoredOrders({ ...run, storedOrders }),
  minutes: (run, { minutes = 0, rate }) => measureSteadyLoad({ ...run, minutes, rate }),
  'hot-sku': (run, { 'hot-sku': buyers = 0 }) => measureHotSku({ ...run, buyers }),
  'event-streams': (run, { 'event-streams': streams = 0 }) => measureEventStreams({ ...run, streams }),
};

/** Of those that need less than the whole system. */
const EXTENTS: Readonly<Partial<Record<Measurement, Extent>>> = {
  'stored-orders': 'api',
  'hot-sku': 'database',
  'event-streams': 'api',
};

/** Makes a measurement on a separate system, and prints what it found. @returns the exit code */
export async function measure(measurement: Measurement, options: BenchOptions): Promise<number> {
  if (process.platform !== 'linux')
    throw usageError(
      BENCH,
      `CPU and memory are read from /proc, which Linux has and ${process.platform} has not.`,
    );
  const machine = readMachine();
  const collector = options.traces ? await TraceSink.open() : null;
  return runOnIsolatedStack({
    name: 'bench',
    variables: { ...VARIABLES, ...collector?.variables },
    async run({ stack, folder, terminal, stopping }) {
      const extent = EXTENTS[measurement] ?? 'whole';
      const system = await BenchSystem.start({ stack, folder, engine: options.engine, extent });
      const log = (text: string) => terminal.say(text);
      const { report, table } = await MEASURED[measurement](
        { ...options, system, machine, stopping, log },
        options,
      );
      await system.close();
      collector?.close();
      if (collector) terminal.say(`\n${collector.received} batches of spans were exported.`);
      terminal.say(`\n${table}\n`);
      const json = JSON.stringify(report, null, 2);
      if (options.json === undefined) terminal.say(json);
      else writeFileSync(options.json, `${json}\n`);
      // A missed target is printed and is no failure.
      return { succeeded: true, conclusion: 'Everything is stopped.' };
    },
  });
}
