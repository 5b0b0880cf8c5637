/**
 * The parts that `npm start` starts in this order, and stops in the opposite one. A part starts once those it
 * needs have started; parts that do not need each other start at once.
 */
export const PARTS = {
  postgres: { needs: [] },
  migrations: { needs: ['postgres'] },
  catalogue: { needs: ['migrations'] },
  temporal: { needs: [] },
  sandbox: { needs: [] },
  mail: { needs: [] },
  api: { needs: ['catalogue', 'migrations', 'temporal', 'sandbox', 'mail'] },
  worker: { needs: ['catalogue', 'migrations', 'temporal', 'sandbox', 'mail'] },
} as const satisfies Record<string, { needs: readonly string[] }>;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS).filter(isPartName);

function isPartName(name: string): name is PartName {
  return Object.hasOwn(PARTS, name);
}
