import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

const PROMETHEUS = 'deploy/prometheus';
const GRAFANA = 'deploy/grafana';

/** Runs Prometheus's own tool on a file. */
function promtool(...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error)
    throw new Error(
      'promtool is missing: install Prometheus (Debian and Ubuntu: apt-get install prometheus), and run the tests again.',
      { cause: error },
    );
  return status === 0 ? 'passed' : stdout + stderr;
}

describe('the alert rules', () => {
  it('are valid, also in the example of a configuration', () => {
    expect(promtool('check', 'config', `${PROMETHEUS}/prometheus.yml`)).toBe('passed');
  });

  it('fire when they should, and not on a quiet system', () => {
    expect(promtool('test', 'rules', `${PROMETHEUS}/order-processing.rules.test.yml`)).toBe('passed');
  });
});

/** The expressions of a dashboard's panels, with values in place of Grafana's variables. */
function expressionsOf(dashboard: string): string[] {
  const { panels }: { panels: { targets: { expr: string }[] }[] } = JSON.parse(
    readFileSync(`${GRAFANA}/${dashboard}`, 'utf8'),
  );
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll(/\$__(?:rate_)?interval/g, '5m')),
  );
}

it('the expressions of the dashboards are valid', () => {
  const rules = readdirSync(GRAFANA)
    .filter((name) => name.endsWith('.json'))
    .flatMap(expressionsOf)
    .map((expr, index) => ({ record: `panel_${index}`, expr }));
  expect(rules.length).toBeGreaterThan(10);
  const folder = mkdtempSync(join(tmpdir(), 'panels-'));
  try {
    const file = join(folder, 'panels.rules.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    expect(promtool('check', 'rules', file)).toBe('passed');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
