/** What is driven: orders through the product, or bare workflows. */
export type Load = 'orders' | 'bare';

/** Whose CPU is counted as what a load costs. The sandbox stands for the world, and this program for the shop. */
export const PARTS = {
  api: { title: 'API', serves: ['orders'] },
  worker: { title: 'worker', serves: ['orders'] },
  bareWorker: { title: 'worker', serves: ['bare'] },
  temporal: { title: 'Temporal', serves: ['orders', 'bare'] },
  postgres: { title: 'PostgreSQL', serves: ['orders'] },
  sandbox: { title: 'sandbox', serves: [] },
} as const satisfies Record<string, { title: string; serves: readonly Load[] }>;

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
