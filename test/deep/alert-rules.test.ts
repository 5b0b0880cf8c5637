import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

const PROMETHEUS = 'deploy/prometheus';

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
