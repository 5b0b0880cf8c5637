import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '../../dev/stack/processes/ports.js';
import { Collector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';
import { System } from '../support/system.js';

/** Has a process write, as its last line, how many modules of OpenTelemetry's SDK it has loaded; prom-client loads its API. */
const TELLS_MODULES = `
import { Module } from 'node:module';
process.on('exit', () => {
  const loaded = Object.keys(Module._cache).filter((path) => /@opentelemetry\\/(?!api\\/)/.test(path));
  process.stdout.write(JSON.stringify({ msg: 'modules', loaded: loaded.length }) + '\\n');
});
`;
const AWAY = 'the collector does not take traces: they are dropped until it does';
const ORDERS = 10;

describe('traces', () => {
  let folder: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modules-'));
    const preload = join(folder, 'tells-modules.mjs');
    await writeFile(preload, TELLS_MODULES);
    env = { NODE_OPTIONS: `--import ${pathToFileURL(preload).href}` };
  });
  afterAll(() => rm(folder, { recursive: true }));

  const lines = (system: System) => system.log.map((line): Record<string, unknown> => JSON.parse(line));
  const loaded = (system: System) =>
    lines(system).flatMap(({ msg, loaded: count }) => (msg === 'modules' ? [Number(count)] : []));
  const deliver = async (system: System, orders: number) => {
    const placed = await Promise.all(Array.from({ length: orders }, () => system.place()));
    for (const { id } of placed) await system.carrierSays(id, 'delivered');
    for (const { id } of placed) await system.until(id, ({ status }) => status === 'delivered');
  };

  it('without a collector nothing of OpenTelemetry’s SDK is loaded, and no line names a trace', async () => {
    const system = await System.start({ env });
    await deliver(system, 1);
    await system.end();
    expect(loaded(system)).toEqual([0, 0]);
    expect(lines(system).filter((line) => 'trace_id' in line)).toEqual([]);
  });

  it('with a collector that is away orders arrive as ever, and each process says so once', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const system = await System.start({
      env: {
        ...env,
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        // Of the exporter, for a batch and its repetitions.
        OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      },
    });
    await deliver(system, ORDERS);
    const said = () =>
      lines(system)
        .filter(({ msg }) => msg === AWAY)
        .map(({ name }) => name);
    await eventually(said, (names) => new Set(names).size === 2);
    const stopped = Date.now();
    await system.end();
    expect(said()).toHaveLength(2);
    expect(Date.now() - stopped).toBeLessThan(15_000);
    for (const count of loaded(system)) expect(count).toBeGreaterThan(0);
  });

  it('what is left when a process is told to stop is exported', async () => {
    const collector = await Collector.open();
    const system = await System.start({ collector, env: { OTEL_BSP_SCHEDULE_DELAY: '600000' } });
    const { id } = await system.place();
    await system.until(id, ({ shipments }) => shipments.length > 0);
    expect(collector.spans).toEqual([]);
    await Promise.all([system.stop('worker'), system.stop('api')]);
    const names = collector.spans.filter(({ attributes }) => attributes['order.id'] === id);
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['POST /orders', 'RunActivity:createShipment']),
    );
    await system.close();
  });

  it('are sent as protobuf, unless told otherwise', async () => {
    const collector = await Collector.open();
    const system = await System.start({
      collector,
      worker: false,
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret' },
    });
    await system.place();
    const [request] = await eventually(
      () => collector.requests,
      ({ length }) => length > 0,
    );
    expect(request).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'api-key': 'secret' },
    });
    await system.close();
  });
});
