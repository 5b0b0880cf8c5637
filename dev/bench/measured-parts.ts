import { processOf, SERVICES, TEMPORAL_POSTGRES } from '../stack/temporal/temporal-server.js';

/** The load: orders through the product, or bare workflows. */
export type Load = 'orders' | 'bare';

interface Part {
  readonly title: string;
  /** The names of its processes: of those that there are. */
  readonly processes: readonly string[];
  readonly serves: readonly Load[];
}

/** The parts whose CPU is counted as the cost of a load. The sandbox replaces other companies and costs nothing. */
export const PARTS = {
  api: { title: 'API', processes: ['api'], serves: ['orders'] },
  worker: { title: 'worker', processes: ['worker'], serves: ['orders'] },
  bareWorker: { title: 'worker', processes: ['bare-worker'], serves: ['bare'] },
  temporal: {
    title: 'Temporal',
    processes: ['Temporal', ...SERVICES.map(processOf)],
    serves: ['orders', 'bare'],
  },
  /** With the real server only: the dev server keeps its own database. */
  temporalPostgres: {
    title: 'its PostgreSQL',
    processes: [TEMPORAL_POSTGRES],
    serves: ['orders', 'bare'],
  },
  postgres: { title: 'PostgreSQL', processes: ['PostgreSQL'], serves: ['orders'] },
  sandbox: { title: 'sandbox', processes: ['sandbox'], serves: [] },
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS).filter((name): name is PartName => Object.hasOwn(PARTS, name));

export function forEachPart<T>(of: (part: PartName) => T): Record<PartName, T> {
  return {
    api: of('api'),
    worker: of('worker'),
    bareWorker: of('bareWorker'),
    temporal: of('temporal'),
    temporalPostgres: of('temporalPostgres'),
    postgres: of('postgres'),
    sandbox: of('sandbox'),
  };
}

/** The parts that a load is charged with. */
export function partsOf(load: Load): PartName[] {
  return PART_NAMES.filter((name) => {
    const serves: readonly Load[] = PARTS[name].serves;
    return serves.includes(load);
  });
}
