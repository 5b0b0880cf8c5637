/** A part of the command: tests, or a program of its own. */
export interface Part {
  /** What it shows, for people. */
  readonly shows: string;
  /** What Vitest is to run, as paths; or the program, such as `dev/containers/main.js`. */
  readonly tests?: readonly string[];
  readonly program?: string;
  /** Beside the engine. */
  readonly variables?: (options: { readonly minutes: number }) => Readonly<Record<string, string>>;
  /** Left out with Temporal's dev server, which is one process. */
  readonly needsServer?: boolean;
}

/** A worker killed at every point of an order's way. */
const KILLS = ['test/deep/worker-kills', 'test/deep/payment-crashes.test.ts'];
/** Many orders at once, and the same order many times. */
const CROWDS = ['test/deep/concurrent-requests.test.ts', 'test/deep/identical-requests.test.ts'];
const CRASHES = 'test/deep/process-crashes.test.ts';

const PARTS_BY_NAME = {
  e2e: {
    shows: 'the end-to-end tests, and a worker killed at every point',
    tests: ['test/e2e/', ...KILLS, 'test/deep/outages.test.ts'],
  },
  'temporal-kills': {
    shows: 'kills and crowds, while the processes of Temporal’s server are killed in turn',
    tests: [...KILLS, ...CROWDS, CRASHES],
    variables: () => ({ TEST_TEMPORAL_KILLS: '20000' }),
    needsServer: true,
  },
  several: {
    shows: 'kills, crowds and identical requests, with three APIs behind a proxy and three workers',
    tests: [...KILLS, ...CROWDS, CRASHES],
    variables: () => ({ TEST_PROCESSES: '3' }),
  },
  load: {
    shows: 'orders for an hour, with processes killed, providers away and PostgreSQL restarted',
    tests: ['test/production/load.test.ts'],
    variables: ({ minutes }: { readonly minutes: number }) => ({ LOAD_MINUTES: String(minutes) }),
  },
  webhooks: {
    shows: 'fifty events a second to a hundred webhook endpoints, one dead and one slow, for ten minutes',
    tests: ['test/production/webhook-load.test.ts'],
    variables: ({ minutes }: { readonly minutes: number }) => ({
      WEBHOOK_MINUTES: String(Math.min(minutes, 10)),
    }),
  },
  upgrade: {
    shows: 'upgrade and rollback beside orders',
    tests: ['test/deep/upgrade.test.ts'],
    variables: () => ({ UPGRADE_ORDERS: '200' }),
  },
  restore: { shows: 'one database older than the other', tests: ['test/deep/restore.test.ts'] },
  chart: { shows: 'what the Helm chart makes', tests: ['test/production/helm-chart.test.ts'] },
  containers: { shows: 'the image and docker-compose.yml', program: 'dev/containers/main.js' },
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS_BY_NAME;

export const PARTS: Readonly<Record<PartName, Part>> = PARTS_BY_NAME;

export const PART_NAMES = Object.keys(PARTS_BY_NAME).filter((name): name is PartName =>
  Object.hasOwn(PARTS_BY_NAME, name),
);
