import { spawnSync } from 'node:child_process';

import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

import { findHelm, type KubernetesVersion } from '../support/chart-tools.js';

export const CHART = 'deploy/helm/order-processing';
const NEWEST: KubernetesVersion = '1.37.0';

const variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
});
export const container = z.object({
  name: z.enum(['api', 'worker', 'migrate']),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(variable),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  resources: z.object({
    requests: z.object({ memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.unknown(),
  volumeMounts: z
    .array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean() }))
    .default([]),
  livenessProbe: z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) }).optional(),
  readinessProbe: z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) }).optional(),
});
const podSpec = z.object({
  automountServiceAccountToken: z.boolean(),
  securityContext: z.object({
    runAsNonRoot: z.boolean(),
    runAsUser: z.number(),
    seccompProfile: z.object({ type: z.string() }),
  }),
  terminationGracePeriodSeconds: z.number().default(30),
  topologySpreadConstraints: z.array(z.unknown()).default([]),
  volumes: z.array(z.object({ name: z.string() })).default([]),
  containers: z.tuple([container]),
});
const peers = z.array(z.unknown()).optional();
export const rule = z.object({
  ports: z.array(z.object({ protocol: z.string(), port: z.union([z.number(), z.string()]) })),
  from: peers,
  to: peers,
});
const labels = z.record(z.string(), z.string());
export const policy = z.object({
  podSelector: z.object({ matchLabels: labels }),
  policyTypes: z.array(z.string()),
  ingress: z.array(rule).default([]),
  egress: z.array(rule).default([]),
});
const workload = z.object({
  replicas: z.number().optional(),
  selector: z.object({ matchLabels: labels }).optional(),
  template: z.object({ metadata: z.object({ labels }), spec: podSpec }),
});
export const resource = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), labels, annotations: labels.default({}) }),
  spec: z.unknown().optional(),
  data: z.record(z.string(), z.string()).optional(),
});
export type Resource = z.output<typeof resource>;

/** The chart, as Helm renders it. */
export class Chart {
  private constructor(private readonly helm: string) {}

  static async open(): Promise<Chart> {
    return new Chart(await findHelm());
  }

  lint(example: string) {
    return this.run('lint', ['--strict', '--kube-version', NEWEST, '--values', fileOf(example)]);
  }

  /** The resources of an example with all their fields. */
  documents(example: string, values: readonly string[] = [], version: KubernetesVersion = NEWEST): unknown[] {
    const { status, stdout, stderr } = this.template(example, values, version);
    if (status !== 0) throw new Error(stderr);
    return parseAllDocuments(stdout, { version: '1.1' })
      .map((document): unknown => document.toJS())
      .filter((value) => value !== null);
  }

  /** The resources of an example, and values besides. */
  render(example: string, values: readonly string[] = []): Resource[] {
    return this.documents(example, values).map((document) => resource.parse(document));
  }

  /** What Helm says of values that it does not take. */
  refusal(...values: readonly string[]): string {
    return this.template('minimal.yaml', values, NEWEST).stderr;
  }

  private template(example: string, values: readonly string[], version: KubernetesVersion) {
    return this.run('template', ['--kube-version', version, '--values', fileOf(example), ...values]);
  }

  private run(command: 'lint' | 'template', args: readonly string[]) {
    const release = command === 'template' ? ['shop'] : [];
    return spawnSync(this.helm, [command, ...release, CHART, ...args], { encoding: 'utf8' });
  }
}

const fileOf = (example: string) => `${CHART}/examples/${example}`;

export const ofKind = (resources: readonly Resource[], kind: string) =>
  resources.filter((each) => each.kind === kind);
export const workloads = (resources: readonly Resource[]) =>
  [...ofKind(resources, 'Deployment'), ...ofKind(resources, 'Job')].map(({ metadata, spec }) => {
    const parsed = workload.parse(spec);
    return {
      ...parsed,
      name: metadata.name,
      pod: parsed.template.spec,
      program: parsed.template.spec.containers[0],
    };
  });
export const environmentOf = ({ env }: z.output<typeof container>) =>
  Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']));
