import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';
import { z } from 'zod';

import { type Child, startChild } from '../../dev/stack/processes/child.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { freePort } from '../../dev/stack/processes/ports.js';

const FOLDER = 'deploy/prometheus';
const Config = z.looseObject({
  global: z.looseObject({}),
  scrape_configs: z.array(z.looseObject({ job_name: z.string() })),
});
const Alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.looseObject({ alertname: z.string() }) })),
  }),
});

/** Prometheus with the rules and the configuration of this repository, in which a minute lasts a second. */
export class Prometheus {
  /** Each alert that has fired. */
  readonly fired = new Set<string>();

  private constructor(
    private readonly server: Child,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @param targets by job: those of the configuration, and others beside them */
  static async start(targets: Readonly<Record<string, string>>): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'order-processing-prometheus-'));
    guardFolder(folder);
    const rules = readFileSync(`${FOLDER}/order-processing.rules.yml`, 'utf8');
    writeFileSync(join(folder, 'order-processing.rules.yml'), inSeconds(rules));
    const config = Config.parse(parse(readFileSync(`${FOLDER}/prometheus.yml`, 'utf8')));
    const jobs = Object.entries(targets).map(([name, target]) => ({
      ...config.scrape_configs.find(({ job_name: job }) => job === name),
      job_name: name,
      static_configs: [{ targets: [target] }],
    }));
    const global = { ...config.global, scrape_interval: '1s', evaluation_interval: '1s' };
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, stringify({ ...config, global, scrape_configs: jobs }));
    const port = await freePort();
    const server = await startChild({
      name: 'prometheus',
      command: 'prometheus',
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      env: { PATH: process.env['PATH'] },
      ready: async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
    });
    return new Prometheus(server, folder, port);
  }

  /** The names of the alerts that fire now. */
  async firing(): Promise<ReadonlySet<string>> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/v1/alerts`);
    const { alerts } = Alerts.parse(await answer.json()).data;
    const names = alerts.flatMap(({ state, labels }) => (state === 'firing' ? [labels.alertname] : []));
    for (const name of names) this.fired.add(name);
    return new Set(names);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** How long a condition must hold, the windows of rates, and ages: a sixtieth of each. What is measured stays. */
export function inSeconds(rules: string): string {
  return rules
    .replaceAll(/\[(\d+)m\]/g, '[$1s]')
    .replaceAll(/^( +for: )(\d+)m$/gm, '$1$2s')
    .replaceAll(/(?<=> )\d{3,}\b/g, (age) => String(Number(age) / 60));
}
