import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { METRICS, type MetricRule } from '#libs/telemetry/metric-catalogue';
import { Metrics } from '#libs/telemetry/metrics';
import { TEMPORAL_METRICS } from '#libs/telemetry/temporal-metrics';

/** A row of the page, cell by cell. */
type Row = readonly string[];

const page = readFileSync('docs/metrics.md', 'utf8');

/** The rows of the table under a heading. */
function rowsUnder(heading: string): Row[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');
const sorted = (rows: readonly Row[]) =>
  [...rows].sort(([one = ''], [other = '']) => one.localeCompare(other));

describe('docs/metrics.md', () => {
  it("lists the service's metrics as the code has them, and no other", () => {
    const rules: [string, MetricRule][] = Object.entries(METRICS);
    const rows = rules.map(([name, { type, unit, labels, of, help }]) => [
      code([name]),
      type,
      unit ?? '',
      code(labels),
      of.length === 2 ? 'both' : of.join(),
      help,
    ]);
    expect(sorted(rowsUnder('Of the service'))).toEqual(sorted(rows));
  });

  it("lists the SDK's metrics as the code has them, and no other", () => {
    const rows = Object.entries(TEMPORAL_METRICS).map(([name, { type, unit, labels, help }]) => [
      code([name]),
      type,
      unit ?? '',
      code(labels),
      help,
    ]);
    expect(sorted(rowsUnder('Of the Temporal SDK'))).toEqual(sorted(rows));
  });

  it("lists Node's metrics as prom-client has them, and no other", async () => {
    const metrics = await new Metrics().registry.getMetricsAsJSON();
    const listed = rowsUnder('Of Node').map((row) => row.slice(0, 2));
    expect(sorted(listed)).toEqual(sorted(metrics.map(({ name, type }) => [code([name]), String(type)])));
  });
});

it('every metric of the SDK that is documented is one that the SDK has', () => {
  const bridge = dirname(createRequire(import.meta.url).resolve('@temporalio/core-bridge/package.json'));
  const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-${
    { darwin: 'apple-darwin', win32: 'pc-windows-msvc' }[process.platform as string] ?? 'unknown-linux-gnu'
  }`;
  const core = readFileSync(join(bridge, 'releases', target, 'index.node'));
  const unknown = Object.keys(TEMPORAL_METRICS).filter(
    (name) => !core.includes(name.replace(/^temporal_/, '').replace(/_(total|seconds)$/, '')),
  );
  expect(unknown).toEqual([]);
});
