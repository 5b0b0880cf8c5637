import { readdirSync, readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';

import { readSettings, type Source, variablesOf } from '#libs/config/settings';

import { LOCAL_GROUPS } from '../../dev/stack/local-settings.js';
import { KUBERNETES_VERSIONS } from '../support/chart-tools.js';
import { PROGRAM_GROUPS } from '../support/program-groups.js';
import {
  Chart,
  CHART,
  type container,
  environmentOf,
  ofKind,
  policy,
  resource,
  type Resource,
  type rule,
  workloads,
} from './rendered-chart.js';
import { ResourceSchemas } from './resource-schemas.js';

const EXAMPLES = readdirSync(`${CHART}/examples`);
/** Where Go has to build Helm first. */
const BUILD = 1_200_000;

let chart: Chart;
beforeAll(async () => {
  chart = await Chart.open();
}, BUILD);

const SECRETS: Source = {
  DATABASE_URL: 'postgresql://app:secret@db:5432/orders',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  CARRIER_SECRET: `whsec_${'c2VjcmV0'.repeat(5)}`,
  SMTP_URL: 'smtp://mail:587',
  TEMPORAL_API_KEY: 'key',
  OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret',
  WEBHOOK_SECRET_KEY: `${'A'.repeat(43)}=`,
};
const VARIABLES = variablesOf(LOCAL_GROUPS);

/** What a program reads with: what the chart sets, and a value for each secret. */
function settingsOf(program: z.output<typeof container>) {
  const source: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(environmentOf(program))) {
    const secret = name.replace(/_FILE$/, '');
    // Certificates are files, which are not there.
    if (!name.startsWith('TEMPORAL_TLS_') || name === 'TEMPORAL_TLS_SERVER_NAME')
      source[secret] = SECRETS[secret] ?? value;
  }
  const groups = PROGRAM_GROUPS[program.name].map((group) => [group, LOCAL_GROUPS[group]] as const);
  return readSettings(Object.fromEntries(groups), source);
}

describe.each(EXAMPLES)('the chart with examples/%s', (example) => {
  it('passes helm lint', () => {
    const { status, stdout } = chart.lint(example);
    expect({ status, stdout }).toMatchObject({ status: 0 });
  });

  it.each(KUBERNETES_VERSIONS)(
    'makes only resources that Kubernetes %s, Prometheus and KEDA know',
    (version) => {
      const schemas = new ResourceSchemas(version);
      for (const document of chart.documents(example, [], version)) {
        const { apiVersion, kind } = resource.parse(document);
        expect(schemas.errorsOf(document, { apiVersion, kind }), `${kind} of ${apiVersion}`).toEqual([]);
      }
    },
  );

  it('runs every program as a user without rights, on a root that it cannot write to, within limits', () => {
    const [, user] = /^USER (\d+):\d+$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    for (const { name, pod, program } of workloads(chart.render(example))) {
      expect(pod, name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: Number(user),
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(program.securityContext, name).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(
        program.volumeMounts.every(({ readOnly }) => readOnly),
        name,
      ).toBe(true);
    }
  });

  it('gives each program what it reads, with values that it takes, and secrets only by reference', () => {
    const resources = chart.render(example);
    expect(ofKind(resources, 'Secret')).toEqual([]);
    for (const { name, pod, program } of workloads(resources)) {
      for (const { name: set, value, valueFrom } of program.env) {
        const read = VARIABLES[set.replace(/_FILE$/, '')] ?? VARIABLES[set];
        expect(read, `${name} ${set}`).toBeDefined();
        const secret = set.replace(/_FILE$/, '');
        if (!(secret in SECRETS)) continue;
        expect(PROGRAM_GROUPS[program.name], `${name} ${set}`).toContain(VARIABLES[secret]?.group);
        expect(value === undefined ? valueFrom?.secretKeyRef.name : value, set).toMatch(
          value === undefined ? /./ : new RegExp(`^/run/secrets/order-processing/${secret}$`),
        );
      }
      expect(() => settingsOf(program), name).not.toThrow();
      const mounted = program.volumeMounts.map((mount) => mount.name).sort();
      expect(mounted, name).toEqual(pod.volumes.map((volume) => volume.name).sort());
    }
  });

  it('lets each program stop by itself before it is killed', () => {
    for (const { name, pod, program } of workloads(chart.render(example))) {
      if (program.name === 'migrate') continue;
      const { api, worker } = readSettings(
        { api: LOCAL_GROUPS.api, worker: LOCAL_GROUPS.worker },
        environmentOf(program),
      );
      // What docs/database.md says each needs after the first signal.
      const needed =
        program.name === 'api' ? api.DRAIN_DELAY / 1_000 + 30 : worker.SHUTDOWN_GRACE / 1_000 + 8;
      expect(pod.terminationGracePeriodSeconds, name).toBeGreaterThan(needed);
      expect([program.livenessProbe?.httpGet.path, program.readinessProbe?.httpGet.path], name).toEqual([
        '/health/live',
        '/health/ready',
      ]);
      expect(pod.topologySpreadConstraints, name).toHaveLength(2);
    }
  });

  it('lets each program reach the ports that it uses, and no others', () => {
    const resources = chart.render(example);
    const policies = ofKind(resources, 'NetworkPolicy').map(({ spec }) => policy.parse(spec));
    const [denied] = policies.filter(({ ingress, egress }) => ingress.length + egress.length === 0);
    expect(denied?.policyTypes).toEqual(['Ingress', 'Egress']);
    for (const { name, program, template } of workloads(resources)) {
      expect(template.metadata.labels, name).toMatchObject(denied?.podSelector.matchLabels ?? { none: '' });
      const own = policies.filter(
        ({ podSelector }) => podSelector.matchLabels['app.kubernetes.io/component'] === program.name,
      );
      const ports = (rules: readonly z.output<typeof rule>[]) =>
        [...new Set(rules.flatMap((each) => each.ports.map(({ port }) => String(port))))].sort();
      const { CARRIER_URL, STRIPE_API_URL, TEMPORAL_ADDRESS, OTEL_EXPORTER_OTLP_ENDPOINT } =
        environmentOf(program);
      const used = ['53', '5432'];
      if (OTEL_EXPORTER_OTLP_ENDPOINT) used.push(portOf(OTEL_EXPORTER_OTLP_ENDPOINT));
      if (program.name !== 'migrate')
        used.push(TEMPORAL_ADDRESS?.split(':').at(-1) ?? '', portOf(STRIPE_API_URL ?? 'https://stripe'));
      if (program.name === 'worker')
        used.push(portOf(CARRIER_URL ?? ''), example === 'own-cluster.yaml' ? '465' : '587');
      expect(ports(own.flatMap(({ egress }) => egress)), name).toEqual([...new Set(used)].sort());
      expect(ports(own.flatMap(({ ingress }) => ingress)), name).toEqual(
        program.ports.map((port) => port.name).sort(),
      );
    }
  });

  it('migrates with the same image before anything else', () => {
    const resources = chart.render(example);
    const [job] = ofKind(resources, 'Job');
    expect(job?.metadata.annotations['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    const images = workloads(resources).filter(({ program }) => program.name !== 'worker');
    expect(new Set(images.map(({ program }) => program.image)).size).toBe(1);
    // What the Job needs cannot be a resource of the chart, unless that is a hook before it.
    expect(ofKind(resources, 'NetworkPolicy').filter(isHook)).toHaveLength(1);
  });
});

describe('the chart', () => {
  it('keeps workers of the version before beside the new ones, each a version of one deployment of Temporal', () => {
    const workers = workloads(chart.render('everything.yaml')).filter(
      ({ program }) => program.name === 'worker',
    );
    const versions = workers.map(({ name, replicas, program, selector, template }) => {
      const { TEMPORAL_DEPLOYMENT_NAME: deployment, TEMPORAL_WORKER_BUILD_ID: build } =
        environmentOf(program);
      expect(template.metadata.labels).toMatchObject(selector?.matchLabels ?? { none: '' });
      return { name, replicas, deployment, build, tag: program.image.split(':').at(-1) };
    });
    const of = (name: string, tag: string, replicas?: number) => ({
      name: `shop-order-processing-worker-${name}-${tag.replaceAll('.', '-')}`,
      replicas,
      deployment: 'orders',
      build: tag,
      tag,
    });
    expect(versions).toEqual([
      of('email', '0.3.0'),
      of('email', '0.2.1', 1),
      of('orders', '0.3.0'),
      of('orders', '0.2.1', 1),
    ]);
    const selectors = workers.map(({ selector }) => JSON.stringify(selector?.matchLabels));
    expect(new Set(selectors).size).toBe(workers.length);
  });

  it('leaves the pods of a version that drains as they are when the current one changes', () => {
    const draining = (tag: string) =>
      workloads(chart.render('everything.yaml', ['--set', `image.tag=${tag}`])).find(({ name }) =>
        name.endsWith('orders-0-2-1'),
      )?.template;
    expect(draining('0.4.0')).toEqual(draining('0.3.0'));
  });

  it('scales workers by the backlog of their own task queues and their own version', () => {
    const resources = chart.render('everything.yaml');
    expect(ofKind(resources, 'ScaledObject').map(({ spec }) => spec)).toMatchObject([
      {
        scaleTargetRef: { name: 'shop-order-processing-worker-orders-0-3-0' },
        triggers: [
          {
            type: 'temporal',
            metadata: {
              taskQueue: 'order-processing',
              workerDeploymentName: 'orders',
              workerDeploymentBuildId: '0.3.0',
            },
          },
        ],
      },
    ]);
    expect(workloads(resources).find(({ name }) => name.endsWith('orders-0-3-0'))?.replicas).toBeUndefined();
  });

  it('has the alert rules and the dashboards of this repository', () => {
    const resources = chart.render('everything.yaml');
    const [rules] = ofKind(resources, 'PrometheusRule');
    expect(rules?.spec).toEqual(parse(readFileSync('deploy/prometheus/order-processing.rules.yml', 'utf8')));
    const dashboards = ofKind(resources, 'ConfigMap').flatMap(({ data }) => Object.entries(data ?? {}));
    const files = readdirSync('deploy/grafana').map((name) => [
      `order-processing-${name}`,
      readFileSync(`deploy/grafana/${name}`, 'utf8'),
    ]);
    expect(Object.fromEntries(dashboards)).toEqual(Object.fromEntries(files));
    // The rules go by the names of these jobs.
    expect(JSON.stringify(ofKind(resources, 'ServiceMonitor'))).toMatch(/"order-api".*"order-worker"/);
  });

  it.each([
    ['a secret among the settings', ['--set', 'config.STRIPE_SECRET_KEY=sk_live_1'], /STRIPE_SECRET_KEY/],
    ['an API key in the place of a reference to it', ['--set', 'temporal.apiKey=abc'], /apiKey/],
    ['a value that is misspelt', ['--set', 'api.replica=3'], /replica/],
    ['a program as root', ['--set', 'podSecurityContext.runAsUser=0'], /runAsUser/],
    ['a container without a limit', ['--set', 'api.resources.limits=null'], /limits/],
    ['a missing address of Temporal', ['--set', 'temporal.address='], /address/],
    [
      'a task queue that no worker takes',
      ['--set-json', 'workers={"a":{"taskQueues":["email"]}}'],
      /no deployment takes the task queue order-processing/,
    ],
    [
      'a version that drains and is current',
      ['--set-json', 'versioning={"enabled":true,"draining":[{"tag":"0.1.0"}]}'],
      /is there twice, or is what image.tag says/,
    ],
  ])('refuses %s', (_, values, sentence) => {
    expect(chart.refusal(...values)).toMatch(sentence);
  });
});

const isHook = ({ metadata }: Resource) => 'helm.sh/hook' in metadata.annotations;

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'http:' ? '80' : '443');
}
