import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { METRICS } from '#libs/telemetry/metric-catalogue';
import { Metrics } from '#libs/telemetry/metrics';
import { TEMPORAL_METRICS } from '#libs/telemetry/temporal-metrics';

const PROMETHEUS = 'deploy/prometheus';
const GRAFANA = 'deploy/grafana';
const rules = readFileSync(`${PROMETHEUS}/order-processing.rules.yml`, 'utf8');
const tests = readFileSync(`${PROMETHEUS}/order-processing.rules.test.yml`, 'utf8');
const runbooks = readFileSync('docs/runbooks/README.md', 'utf8');

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, part = '']) => part);
const alerts = found(rules, /- alert: (\w+)/g);

/** The names of metrics in expressions: what has an underscore and is neither a label nor a function. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(?:by|without) \([^)]*\)/g, '')
    .replaceAll(/\$\w+/g, '');
  return found(bare, /\b([a-z]+_\w+)\b(?! *\()/g);
}

/** Those that no process has. */
async function unknownIn(expressions: readonly string[]): Promise<string[]> {
  const node = (await new Metrics().registry.getMetricsAsJSON()).map(({ name }) => name);
  const known = new Set([...Object.keys(METRICS), ...Object.keys(TEMPORAL_METRICS), ...node]);
  const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
  return expressions.flatMap(metricsIn).filter((name) => !known.has(name) && !known.has(base(name)));
}

describe('the alert rules', () => {
  it('each have a test that makes them fire', () => {
    const fired = found(tests, /alertname: (\w+)\n +exp_alerts:\n +- exp_labels:/g);
    expect([...new Set(fired)].toSorted()).toEqual(alerts.toSorted());
  });

  it('each have their section in the runbooks, and every section its alert', () => {
    expect(found(runbooks, /^## (\w+)$/gm).toSorted()).toEqual(alerts.toSorted());
    const links = found(rules, /runbook: '?docs\/runbooks\/README\.md#(\w+)/g);
    expect(links).toEqual(alerts.map((alert) => alert.toLowerCase()));
  });

  it('use metrics that are there', async () => {
    const expressions = found(rules, /^ +expr: (.*)$/gm);
    expect(expressions).toHaveLength(alerts.length);
    expect(await unknownIn(expressions)).toEqual([]);
  });
});

describe('the dashboards', () => {
  const names = readdirSync(GRAFANA).filter((name) => name.endsWith('.json'));

  it.each(names)('%s uses metrics that are there', async (name) => {
    const text = readFileSync(`${GRAFANA}/${name}`, 'utf8');
    const { panels }: { panels: { targets: { expr: string }[] }[] } = JSON.parse(text);
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(expressions.flatMap(metricsIn)).not.toEqual([]);
    expect(await unknownIn(expressions)).toEqual([]);
  });

  it('leave out no metric of the service', () => {
    const all = names.map((name) => readFileSync(`${GRAFANA}/${name}`, 'utf8')).join();
    expect(Object.keys(METRICS).filter((name) => !all.includes(name))).toEqual([]);
  });
});
