/** The load: orders through the product, or bare workflows. */
export type Load = 'orders' | 'bare';

/** The parts whose CPU is counted as the cost of a load. The sandbox replaces other companies and costs nothing. */
export const PARTS = {
  api: { title: 'API', process: 'api', serves: ['orders'] },
  worker: { title: 'worker', process: 'worker', serves: ['orders'] },
  bareWorker: { title: 'worker', process: 'bare-worker', serves: ['bare'] },
  temporal: { title: 'Temporal', process: 'Temporal', serves: ['orders', 'bare'] },
  postgres: { title: 'PostgreSQL', process: 'PostgreSQL', serves: ['orders'] },
  sandbox: { title: 'sandbox', process: 'sandbox', serves: [] },
} as const satisfies Record<string, { title: string; process: string; serves: readonly Load[] }>;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS).filter((name): name is PartName => Object.hasOwn(PARTS, name));

export function forEachPart<T>(of: (part: PartName) => T): Record<PartName, T> {
  return {
    api: of('api'),
    worker: of('worker'),
    bareWorker: of('bareWorker'),
    temporal: of('temporal'),
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
